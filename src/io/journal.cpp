// SPDX-License-Identifier: BSD-3-Clause
// A journal is a head of one line and entries, each a header and what the recorder was told, in native byte order. Before the
// first comes how many columns each stream of samples had at the beginning, which a resumed run does not know.
#include "io/journal.hpp"

#include "base/stop.hpp"
#include "io/hdf5/readers.hpp"
#include "io/output_file.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace bouton::io {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHead = "bouton journal, format 1: what an unfinished run recorded\n";
constexpr std::size_t kBuffer = std::size_t{1} << 20;

enum class Kind : std::uint32_t {
    columns_at_first,
    spikes,
    rate,
    sample,
    sample_single,
    new_columns,
    events
};

std::string cause() { return std::generic_category().message(errno); }
std::string quoted(const fs::path& path) { return "'" + base::escape(path.string()) + "'"; }

template <class T>
std::span<const std::byte> bytes_of(std::span<const T> values) {
    return std::as_bytes(values);
}

/// Of a payload, whose beginning is aligned as all memory is, or of a part that begins after numbers of 8 bytes.
template <class T>
std::span<const T> values_in(std::span<const std::byte> payload) {
    return {reinterpret_cast<const T*>(payload.data()), payload.size() / sizeof(T)};
}

bool begins_as_journal(int descriptor) {
    std::array<char, kHead.size()> head{};
    const ssize_t size = ::pread(descriptor, head.data(), head.size(), 0);
    return size >= 0 && kHead.starts_with(std::string_view(head.data(), static_cast<std::size_t>(size)));
}

}  // namespace

struct JournaledResults::Entry {
    Kind kind{};
    std::uint32_t stream = 0;
    std::int64_t step = 0;
    std::uint64_t bytes = 0;  ///< that follow
};

fs::path JournaledResults::beside(fs::path target) { return target += ".journal"; }

JournaledResults::JournaledResults(ResultsFile& results, std::optional<JournalMark> from, Keep keep)
    : results_(results), from_(std::move(from)), keep_(keep), path_(beside(results.target())) {
    partial_ = path_;
    partial_ += ".partial";
    std::error_code ignored;
    if (from_)
        look_at(*from_);
    else if (fs::exists(fs::symlink_status(path_, ignored)))
        refuse_to_replace();
}

void JournaledResults::refuse_to_replace() const {
    throw base::Error(quoted(path_) + " holds what an earlier run onto '" +
                          base::escape(results_.path().string()) +
                          "' recorded before it was interrupted: go on with that run (--resume and its "
                          "checkpoint), or delete the journal to begin anew",
                      2);
}

JournaledResults::~JournaledResults() {
    if (!file_ || needed_) return;
    std::error_code ignored;
    fs::remove(named_ ? path_ : partial_, ignored);
}

// Reads all that counts, so that a run begins only if it can go on.
void JournaledResults::look_at(const JournalMark& from) {
    named_ = needed_ = true;
    const auto refuse = [this](const std::string& what) {
        throw base::Error("the records of the run to resume, " + quoted(path_) + ", " + what, 2);
    };
    std::error_code code;
    const auto status = fs::symlink_status(path_, code);
    if (!fs::exists(status)) {
        refuse(
            "are not there: they lie beside the results, which -o names, until the run is complete, and go "
            "then");
    }
    if (!fs::is_regular_file(status)) refuse("are no ordinary file");
    file_.reset(std::fopen(path_.c_str(), keep_ == Keep::yes ? "r+be" : "rbe"));
    if (!file_) refuse("cannot be opened: " + cause());
    std::setvbuf(file_.get(), nullptr, _IOFBF, kBuffer);
    std::vector<std::byte> chunk(kBuffer);
    for (std::uint64_t left = from.bytes; left > 0;) {
        base::check_stop();
        const std::size_t size = std::fread(
            chunk.data(), 1, static_cast<std::size_t>(std::min<std::uint64_t>(left, kBuffer)), file_.get());
        if (size == 0 && std::ferror(file_.get()) != 0) refuse("cannot be read: " + cause());
        if (size == 0)
            refuse(fmt::format("are cut off: the checkpoint needs {} bytes, and there are {}", from.bytes,
                               from.bytes - left));
        hash_.add(std::span(chunk).first(size));
        left -= size;
    }
    if (hash_.text() != from.sha256)
        refuse("are damaged or those of another run: their bytes are not those that the checkpoint knows");
}

void JournaledResults::create() {
    const auto refuse = [this](const std::string& why) {
        throw base::Error("cannot open the output " + quoted(partial_) + ": " + why, 2);
    };
    const int descriptor =
        ::open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (descriptor < 0) refuse(cause());
    struct stat info {};
    const bool ours = ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1 &&
                      info.st_uid == ::geteuid() && begins_as_journal(descriptor);
    if (!ours || ::ftruncate(descriptor, 0) != 0) {
        ::close(descriptor);
        refuse("it is not what a run left behind: move it away or delete it");
    }
    file_.reset(::fdopen(descriptor, "w+b"));
    if (!file_) refuse(cause());
    std::setvbuf(file_.get(), nullptr, _IOFBF, kBuffer);
    write(std::as_bytes(std::span(kHead)));
}

void JournaledResults::begin(const sim::RunInfo& run, const sim::Streams& streams) {
    rates_ = streams.rates;
    samples_ = streams.samples;
    events_ = streams.events;
    if (!from_) {
        results_.begin(run, streams);
        create();
        std::vector<std::uint64_t> columns;
        for (const auto& stream : samples_) columns.push_back(stream.indices.size());
        return write({Kind::columns_at_first, 0, 0, 0}, bytes_of(std::span<const std::uint64_t>(columns)));
    }
    // The streams are those of the step at which the run goes on.
    std::rewind(file_.get());
    std::vector<char> head(kHead.size());
    Entry first;
    read(head.data(), head.size());
    read(&first, sizeof first);
    std::vector<std::uint64_t> columns(first.bytes / sizeof(std::uint64_t));
    if (first.kind != Kind::columns_at_first || columns.size() != samples_.size())
        throw ReadError(quoted(path_) + " is the journal of other records");
    read(columns.data(), first.bytes);
    auto at_first = streams;
    for (std::size_t k = 0; k < columns.size(); ++k)
        at_first.samples[k].indices.resize(static_cast<std::size_t>(columns[k]));
    results_.begin(run, at_first);
    replay(from_->bytes);
    if (keep_ == Keep::no) return;
    // What was recorded behind the mark will be recorded again.
    if (std::fflush(file_.get()) != 0 ||
        ::ftruncate(::fileno(file_.get()), static_cast<off_t>(bytes_)) != 0 ||
        std::fseek(file_.get(), static_cast<long>(bytes_), SEEK_SET) != 0)
        fail_to_write();
}

void JournaledResults::replay(std::uint64_t end) {
    std::vector<std::byte> payload;
    while (bytes_ < end) {
        base::check_stop();
        Entry entry;
        read(&entry, sizeof entry);
        payload.resize(static_cast<std::size_t>(entry.bytes));
        read(payload.data(), payload.size());
        replay(entry, payload);
    }
}

void JournaledResults::replay(const Entry& entry, std::vector<std::byte>& payload) {
    switch (entry.kind) {
        case Kind::spikes:
            return results_.spikes(entry.stream, entry.step, values_in<std::uint32_t>(payload));
        case Kind::rate:  // of a whole bin: a shorter one comes at the end, behind the last mark
            return results_.rate(entry.stream, entry.step, rates_.at(entry.stream).bin_steps,
                                 values_in<double>(payload)[0]);
        case Kind::new_columns: return results_.new_columns(entry.stream, values_in<std::int64_t>(payload));
        case Kind::sample:
        case Kind::sample_single:
            take_rows(payload, samples_.at(entry.stream).variables.size(), entry.kind == Kind::sample_single);
            return results_.sample(entry.stream, entry.step, views_);
        case Kind::events: {
            const sim::EventStream& stream = events_.at(entry.stream);
            const std::size_t of_each =
                sizeof(std::int64_t) +
                stream.variables.size() * (stream.single ? sizeof(float) : sizeof(double));
            const auto numbers = std::span(payload).first(payload.size() / of_each * sizeof(std::int64_t));
            take_rows(std::span(payload).subspan(numbers.size()), stream.variables.size(), stream.single);
            return results_.events(entry.stream, entry.step, values_in<std::int64_t>(numbers), views_);
        }
        default: throw ReadError(quoted(path_) + " is the journal of a later bouton");
    }
}

void JournaledResults::take_rows(std::span<const std::byte> bytes, std::size_t variables, bool single) {
    const auto fill = [&](auto values) {
        rows_.resize(variables);
        const std::size_t columns = values.size() / variables;
        for (std::size_t v = 0; v < variables; ++v) {
            const auto row = values.subspan(v * columns, columns);
            rows_[v].assign(row.begin(), row.end());
        }
    };
    if (single)
        fill(values_in<float>(bytes));
    else
        fill(values_in<double>(bytes));
    views_.assign(rows_.begin(), rows_.end());
}

void JournaledResults::spikes(std::size_t stream, std::int64_t step, std::span<const std::uint32_t> neurons) {
    results_.spikes(stream, step, neurons);
    write({Kind::spikes, static_cast<std::uint32_t>(stream), step, 0}, bytes_of(neurons));
}

void JournaledResults::rate(std::size_t stream, std::int64_t step, std::int64_t steps, double rate) {
    results_.rate(stream, step, steps, rate);
    write({Kind::rate, static_cast<std::uint32_t>(stream), step, 0},
          bytes_of(std::span<const double>(&rate, 1)));
}

void JournaledResults::sample(std::size_t stream, std::int64_t step,
                              std::span<const std::span<const double>> rows) {
    results_.sample(stream, step, rows);
    if (keep_ == Keep::no) return;
    const bool single = samples_[stream].single;
    Entry entry{single ? Kind::sample_single : Kind::sample, static_cast<std::uint32_t>(stream), step, 0};
    for (const auto& row : rows) entry.bytes += row.size() * (single ? sizeof(float) : sizeof(double));
    write(std::as_bytes(std::span(&entry, 1)));
    write_rows(rows, single);
}

void JournaledResults::write_rows(std::span<const std::span<const double>> rows, bool single) {
    std::vector<float> narrow;
    for (const auto& row : rows) {
        if (single) {
            narrow.assign(row.begin(), row.end());
            write(bytes_of(std::span<const float>(narrow)));
        } else {
            write(bytes_of(row));
        }
    }
}

void JournaledResults::events(std::size_t stream, std::int64_t step, std::span<const std::int64_t> synapses,
                              std::span<const std::span<const double>> values) {
    results_.events(stream, step, synapses, values);
    if (keep_ == Keep::no) return;
    const bool single = events_[stream].single;
    Entry entry{Kind::events, static_cast<std::uint32_t>(stream), step, synapses.size_bytes()};
    for (const auto& row : values) entry.bytes += row.size() * (single ? sizeof(float) : sizeof(double));
    write(std::as_bytes(std::span(&entry, 1)));
    write(std::as_bytes(synapses));
    write_rows(values, single);
}

void JournaledResults::new_columns(std::size_t stream, std::span<const std::int64_t> indices) {
    results_.new_columns(stream, indices);
    write({Kind::new_columns, static_cast<std::uint32_t>(stream), 0, 0}, bytes_of(indices));
}

void JournaledResults::end(std::optional<std::int64_t> stopped_at) {
    results_.end(stopped_at);
    if (!stopped_at) needed_ = false;
}

JournalMark JournaledResults::mark() {
    if (std::fflush(file_.get()) != 0 || (::fsync(::fileno(file_.get())) != 0 && errno != EINVAL))
        fail_to_write();
    if (!named_) {
        if (::rename(partial_.c_str(), path_.c_str()) != 0) fail_to_write();
        named_ = true;
        sync_folder(path_.parent_path());
    }
    return {bytes_, hash_.text()};
}

void JournaledResults::write(const Entry& entry, std::span<const std::byte> payload) {
    if (keep_ == Keep::no) return;
    Entry whole = entry;
    whole.bytes = payload.size();
    write(std::as_bytes(std::span(&whole, 1)));
    write(payload);
}

void JournaledResults::write(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) fail_to_write();
    hash_.add(bytes);
    bytes_ += bytes.size();
}

void JournaledResults::read(void* to, std::size_t size) {
    bytes_ += size;
    if (size > 0 && std::fread(to, 1, size, file_.get()) != size)
        throw ReadError(quoted(path_) + " cannot be read: " + cause());
}

void JournaledResults::fail_to_write() const {
    throw WriteError("write", cause()).in(named_ ? path_ : partial_);
}

}  // namespace bouton::io
