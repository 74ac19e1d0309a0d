// SPDX-License-Identifier: BSD-3-Clause
// Ties the writers of the streams together: head, regular flushes, final state, end.
#include "io/results_file.hpp"

#include "io/hdf5/objects.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <set>
#include <utility>

namespace bouton::io {
namespace {

constexpr std::chrono::milliseconds kFlushEvery{500};

/// What marks a file as SONATA's.
void write_sonata_marks(const Handle& file) {
    const std::string what = "write the head";
    const Handle scalar(checked(H5Screate(H5S_SCALAR), what), H5Sclose);
    const std::uint32_t magic = 0x0A7A;
    const Handle mark(
        checked(H5Acreate2(file.get(), "magic", H5T_STD_U32LE, scalar.get(), H5P_DEFAULT, H5P_DEFAULT), what),
        H5Aclose);
    check(H5Awrite(mark.get(), H5T_NATIVE_UINT32, &magic), what);

    const hsize_t two = 2;
    const Handle pair(checked(H5Screate_simple(1, &two, nullptr), what), H5Sclose);
    const std::array<std::uint32_t, 2> version = {0, 1};
    const Handle level(
        checked(H5Acreate2(file.get(), "version", H5T_STD_U32LE, pair.get(), H5P_DEFAULT, H5P_DEFAULT), what),
        H5Aclose);
    check(H5Awrite(level.get(), H5T_NATIVE_UINT32, version.data()), what);
}

/// Writes the variables, or a part of them. `taken`: names that stand there already; who has one of them gets another, which no
/// other variable has.
void write_final(const Handle& group, std::span<const sim::FinalArray> variables, std::optional<Part> part,
                 std::set<std::string> taken) {
    std::set<std::string> given;
    for (const auto& variable : variables) given.insert(variable.name);
    for (const auto& variable : variables) {
        std::string name = variable.name;
        while (taken.count(name) > 0 || (name != variable.name && given.count(name) > 0)) name += "_";
        taken.insert(name);
        const Handle dataset = std::visit(
            [&](auto values) {
                return write_part(group, name,
                                  part.value_or(Part{static_cast<std::int64_t>(values.size()), 0}), values);
            },
            variable.values);
        write_attribute(dataset, "units", variable.dimension.to_string());
    }
}

/// Records of one name share `time` and `indices`, so they must agree in them and differ in their variables.
bool shares_time(const std::vector<sim::SampleStream>& streams, std::size_t k) {
    bool shared = false;
    const auto& stream = streams[k];
    for (std::size_t earlier = 0; earlier < k; ++earlier) {
        const auto& other = streams[earlier];
        if (other.name != stream.name) continue;
        shared = true;
        if (other.group != stream.group || other.every_steps != stream.every_steps ||
            other.indices != stream.indices) {
            throw base::Error(
                fmt::format("two records of '{}' differ in 'every' or 'indices': give one of them "
                            "another place in the results, with name = \"...\"",
                            stream.name),
                2);
        }
        for (const auto& variable : stream.variables) {
            for (const auto& present : other.variables) {
                if (variable.name == present.name) {
                    throw base::Error(
                        fmt::format("'{}' of '{}' is recorded twice", variable.name, stream.name), 2);
                }
            }
        }
    }
    return shared;
}

void refuse_reserved_names(const sim::SampleStream& stream) {
    for (const auto& variable : stream.variables) {
        if (variable.name == "time" || variable.name == "indices") {
            throw base::Error(
                fmt::format("a variable named '{}' cannot be recorded: the results use that name beside "
                            "every recorded variable",
                            variable.name),
                2);
        }
    }
}

}  // namespace

ResultsFile::ResultsFile(std::filesystem::path path, const base::InputFiles& inputs,
                         const std::string& version)
    : output_(std::move(path), inputs),
      file_(output_.write([&] { return create_file(output_.partial(), version); })) {}

ResultsFile::~ResultsFile() {
    if (phase_ == Phase::running) fail("not finished");
    if (phase_ == Phase::opened) output_.discard();
}

void ResultsFile::begin(const sim::RunInfo& run, const sim::Streams& streams) {
    output_.write([&] { write_beginning(run, streams); });
    phase_ = Phase::running;
}

void ResultsFile::write_beginning(const sim::RunInfo& run, const sim::Streams& streams) {
    clock_ = StepClock(run.dt);
    for (std::size_t k = 0; k < streams.samples.size(); ++k) refuse_reserved_names(streams.samples[k]);
    write_head(run);
    steps_ = static_cast<std::int64_t>(std::llround(run.duration / run.dt));
    for (const auto& stream : streams.spikes) spikes_.emplace_back(file_, stream);
    for (const auto& stream : streams.rates) rates_.emplace_back(file_, stream, clock_, steps_);
    for (std::size_t k = 0; k < streams.samples.size(); ++k) {
        samples_.emplace_back(file_, streams.samples[k], clock_, steps_, shares_time(streams.samples, k));
    }
    for (const auto& stream : streams.events) events_.emplace_back(file_, stream);
    flush();
}

void ResultsFile::write_head(const sim::RunInfo& run) {
    write_sonata_marks(file_);
    write_attribute(file_, "network_file", run.network_file);
    write_attribute(file_, "network", run.network);
    write_attribute(file_, "seed", static_cast<std::int64_t>(run.seed));
    write_attribute(file_, "dt", run.dt);
    write_attribute(file_, "duration", run.duration);
    write_attribute(file_, "precision", run.precision);
    write_attribute(file_, "backend", run.backend);
    write_attribute(file_, "final_synapses", run.final_synapses ? "written" : "left out");
    write_attribute(file_, "ended", "not yet");
}

void ResultsFile::spikes(std::size_t stream, std::int64_t step, std::span<const std::uint32_t> neurons) {
    output_.write([&] { spikes_[stream].add(clock_.milliseconds(step), neurons); });
}

void ResultsFile::rate(std::size_t stream, std::int64_t step, std::int64_t steps, double rate) {
    output_.write([&] { rates_[stream].add(clock_.milliseconds(step), steps, rate); });
}

void ResultsFile::sample(std::size_t stream, std::int64_t step,
                         std::span<const std::span<const double>> rows) {
    output_.write([&] { samples_[stream].add(clock_.milliseconds(step), rows); });
}

void ResultsFile::events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                         std::span<const std::span<const double>> values) {
    output_.write([&] { events_[stream].add(clock_.milliseconds(step), synapses, values); });
}

void ResultsFile::new_columns(std::size_t stream, std::span<const std::int64_t> indices) {
    output_.write([&] { samples_[stream].add_columns(indices); });
}

void ResultsFile::pulse() {
    if (std::chrono::steady_clock::now() - last_flush_ >= kFlushEvery) output_.write([&] { flush(); });
}

void ResultsFile::flush() {
    for (auto& writer : spikes_) writer.write();
    for (auto& writer : rates_) writer.write();
    for (auto& writer : samples_) writer.write();
    for (auto& writer : events_) writer.write();
    flush_file(file_);
    last_flush_ = std::chrono::steady_clock::now();
}

void ResultsFile::state(const std::string& group, std::span<const sim::FinalArray> variables) {
    output_.write(
        [&] { write_final(make_group(make_group(file_, "state"), group), variables, std::nullopt, {}); });
}

void ResultsFile::synapses(const sim::FinalSynapses& group) {
    output_.write([&] { write_synapses(group); });
}

void ResultsFile::write_synapses(const sim::FinalSynapses& group) {
    const Handle place = make_group(make_group(file_, "synapses"), group.name);
    const Part part{group.total, group.first};
    write_part(place, "source", part, group.source);
    write_part(place, "target", part, group.target);
    write_attribute(write_part(place, "delay", part, group.delay), "units", "s");
    std::set<std::string> taken = {"source", "target", "delay"};
    if (group.id) {
        write_part(place, "id", part, *group.id);
        taken.insert("id");
    }
    write_final(place, group.variables, part, std::move(taken));
}

void ResultsFile::end(std::optional<std::int64_t> stopped_at) {
    std::string how = "finished";
    if (stopped_at) how = fmt::format("stopped at t = {} ms", clock_.milliseconds(*stopped_at));
    output_.write([&] {
        if (stopped_at == steps_) {
            for (const char* final : {"state", "synapses"}) remove_object(file_, final);
            write_attribute(file_, "final_synapses", "left out");
            how += ", before the final state was written";
        }
        write_attribute(file_, "ended", how);
        flush();
        if (!close()) throw WriteError("finish", last_cause());
        output_.commit();
    });
    phase_ = Phase::ended;
}

void ResultsFile::fail(const std::string& why) noexcept {
    if (phase_ != Phase::running) return;
    try {
        write_attribute(file_, "ended", "failed: " + why);
        flush();
    } catch (...) {
        // The failure that is being told may be that nothing can be written any more.
    }
    close();
    phase_ = Phase::ended;
}

void ResultsFile::discard() noexcept {
    if (phase_ == Phase::ended) return;
    close();
    output_.discard();
    phase_ = Phase::ended;
}

bool ResultsFile::close() noexcept {
    spikes_.clear();
    rates_.clear();
    samples_.clear();
    events_.clear();
    return file_.reset();
}

std::optional<std::filesystem::path> ResultsFile::kept() const {
    std::error_code ignored;
    for (const auto& path : {output_.partial(), output_.path()}) {
        if (phase_ != Phase::opened && std::filesystem::exists(path, ignored)) return path;
    }
    return std::nullopt;
}

}  // namespace bouton::io
