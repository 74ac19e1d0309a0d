// SPDX-License-Identifier: BSD-3-Clause
// The results of a run as an HDF5 file (docs/results-file.md), written while the simulation runs.
#pragma once

#include "io/output_file.hpp"
#include "io/stream_writers.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bouton::io {

/// Everything goes to PATH.partial, which is readable at any time and at most a second behind; `end` gives it
/// the name PATH. Whatever happens before that leaves an older PATH alone. One thread at a time.
class ResultsFile : public sim::Recorder {
public:
    /// `inputs`: files that it must not be. `version`: of bouton. Throws base::Error (status 2) if the file cannot be written.
    ResultsFile(std::filesystem::path path, const base::InputFiles& inputs, const std::string& version);
    /// Keeps the partial file if a run had begun and did not end, with what was recorded; else removes it.
    ~ResultsFile() override;

    void begin(const sim::RunInfo& run, const sim::Streams& streams) override;
    void spikes(std::size_t stream, std::int64_t step, std::span<const std::uint32_t> neurons) override;
    void rate(std::size_t stream, std::int64_t step, std::int64_t steps, double rate) override;
    void sample(std::size_t stream, std::int64_t step,
                std::span<const std::span<const double>> rows) override;
    void events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                std::span<const std::span<const double>> values) override;
    void new_columns(std::size_t stream, std::span<const std::int64_t> indices) override;
    void pulse() override;
    void state(const std::string& group, std::span<const sim::FinalArray> variables) override;
    void synapses(const sim::FinalSynapses& group) override;
    void end(std::optional<std::int64_t> stopped_at) override;

    /// The run failed: what was recorded stays in the partial file, and its attribute `ended` says why.
    void fail(const std::string& why) noexcept;
    /// The run was given up before its first step: the partial file goes.
    void discard() noexcept;

    const std::filesystem::path& path() const { return output_.path(); }
    /// The file that `end` will make or replace: `path` behind all links.
    const std::filesystem::path& target() const { return output_.target(); }
    const std::filesystem::path& partial() const { return output_.partial(); }
    /// Where the results lie now: the partial file before `end`, nothing if there are none.
    std::optional<std::filesystem::path> kept() const;

private:
    enum class Phase { opened, running, ended };

    void write_head(const sim::RunInfo& run);
    void write_beginning(const sim::RunInfo& run, const sim::Streams& streams);
    void write_synapses(const sim::FinalSynapses& group);
    void flush();
    /// False if HDF5 could not finish the file.
    bool close() noexcept;

    OutputFile output_;
    Handle file_;
    Phase phase_ = Phase::opened;
    std::int64_t steps_ = 0;  ///< of the whole run
    StepClock clock_{1e-3};
    std::vector<SpikeWriter> spikes_;
    std::vector<RateWriter> rates_;
    std::vector<SampleWriter> samples_;
    std::vector<EventWriter> events_;
    std::chrono::steady_clock::time_point last_flush_;
};

}  // namespace bouton::io
