// SPDX-License-Identifier: BSD-3-Clause
// What a run records, in a file that only grows. An HDF5 file can be spoilt by a process that dies while it writes; of a journal
// the bytes up to a mark are what they were, whatever comes behind them. So a run with checkpoints writes both: the results, as
// ever, and the journal, of which each checkpoint keeps a mark. A run that is resumed makes its results anew from the
// journal, by the same calls that made them before.
#pragma once

#include "base/sha256.hpp"
#include "io/results_file.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bouton::io {

/// A place in a journal, and the SHA-256 of what stands before it.
struct JournalMark {
    std::uint64_t bytes = 0;
    std::string sha256;
};

/// Passes everything on to the results, and keeps what would be lost with them. OUT.h5.journal lies beside the file that the
/// results will be; before there is a checkpoint that belongs to it it is called OUT.h5.journal.partial. It goes when the run is
/// complete, or when no checkpoint needs it.
class JournaledResults : public sim::Recorder {
public:
    enum class Keep { no, yes };
    /// `results` is borrowed. `from`: where a resumed run goes on; what stands behind it is dropped. `keep`: whether what comes
    /// from now on is written down. Throws base::Error (status 2) if a new journal would replace one that can be gone on with, and
    /// if the old one is not what it was.
    JournaledResults(ResultsFile& results, std::optional<JournalMark> from, Keep keep);
    ~JournaledResults() override;
    JournaledResults(const JournaledResults&) = delete;
    JournaledResults& operator=(const JournaledResults&) = delete;

    /// Makes durable what was recorded so far, under the journal's name. Throws WriteError.
    JournalMark mark();
    /// A checkpoint with the last mark is on the disk: from now on the journal is of use.
    void needed() { needed_ = true; }

    void begin(const sim::RunInfo& run, const sim::Streams& streams) override;
    void spikes(std::size_t stream, std::int64_t step, std::span<const std::uint32_t> neurons) override;
    void rate(std::size_t stream, std::int64_t step, std::int64_t steps, double rate) override;
    void sample(std::size_t stream, std::int64_t step,
                std::span<const std::span<const double>> rows) override;
    void events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                std::span<const std::span<const double>> values) override;
    void new_columns(std::size_t stream, std::span<const std::int64_t> indices) override;
    void pulse() override { results_.pulse(); }
    void state(const std::string& group, std::span<const sim::FinalArray> variables) override {
        results_.state(group, variables);
    }
    void synapses(const sim::FinalSynapses& part) override { results_.synapses(part); }
    void end(std::optional<std::int64_t> stopped_at) override;

    /// Where the journal of results lies that will be the file `target`.
    static std::filesystem::path beside(std::filesystem::path target);

private:
    struct Entry;
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    [[noreturn]] void refuse_to_replace() const;
    void look_at(const JournalMark& from);
    void create();
    void replay(std::uint64_t end);
    void replay(const Entry& entry, std::vector<std::byte>& payload);
    /// Reads the rows of an entry, one for each variable.
    void take_rows(std::span<const std::byte> bytes, std::size_t variables, bool single);
    void write_rows(std::span<const std::span<const double>> rows, bool single);
    void write(const Entry& entry, std::span<const std::byte> payload);
    void write(std::span<const std::byte> bytes);
    void read(void* to, std::size_t size);
    [[noreturn]] void fail_to_write() const;

    ResultsFile& results_;
    std::optional<JournalMark> from_;
    Keep keep_;
    std::filesystem::path path_;     ///< its name at the end
    std::filesystem::path partial_;  ///< and before the first mark
    std::unique_ptr<std::FILE, Close> file_;
    bool named_ = false;   ///< whether it has its name
    bool needed_ = false;  ///< whether a checkpoint names it
    std::uint64_t bytes_ = 0;
    base::Sha256 hash_;
    std::vector<sim::RateStream> rates_;
    std::vector<sim::SampleStream> samples_;
    std::vector<sim::EventStream> events_;
    std::vector<std::vector<double>> rows_;  ///< of an entry that is replayed
    std::vector<std::span<const double>> views_;
};

}  // namespace bouton::io
