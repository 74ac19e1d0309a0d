// SPDX-License-Identifier: BSD-3-Clause
#include "session/state_file.hpp"

#include "base/sha256.hpp"
#include "base/stop.hpp"
#include "io/hdf5/readers.hpp"
#include "io/seal.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <system_error>

namespace bouton::session {

namespace {

namespace fs = std::filesystem;

constexpr io::SealKind kSeal{"bouton state", 2};
constexpr std::size_t kBuffer = std::size_t{1} << 22;

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

std::string cause() { return std::generic_category().message(errno); }

File open(const fs::path& path, const char* mode) {
    File file(std::fopen(path.c_str(), mode));
    if (file) std::setvbuf(file.get(), nullptr, _IOFBF, kBuffer);
    return file;
}

/// Arrays go to the file as they lie in memory.
class Writer : public base::Archive {
public:
    explicit Writer(std::FILE* file) : file_(file) {}
    bool reads() const override { return false; }
    void bytes(void* data, std::size_t size) override {
        const auto* from = static_cast<const std::byte*>(data);
        while (size > 0) {
            base::check_stop();
            const std::size_t part = std::min(size, kBuffer);
            if (std::fwrite(from, 1, part, file_) != part) throw io::WriteError("write", cause());
            from += part;
            size -= part;
        }
    }

private:
    std::FILE* file_;
};

template <class Number>
void archive_numbers(base::Archive& archive, std::shared_ptr<const std::vector<Number>>& numbers) {
    std::size_t size = numbers ? numbers->size() : 0;
    archive.count(size, sizeof(Number));
    if (archive.reads()) {
        auto read = std::make_shared<std::vector<Number>>(size);
        archive.bytes(read->data(), size * sizeof(Number));
        numbers = std::move(read);
    } else {
        std::vector<Number>& written = const_cast<std::vector<Number>&>(*numbers);  // bytes() only reads them
        archive.bytes(written.data(), size * sizeof(Number));
    }
}

}  // namespace

void SavedNetwork::archive(base::Archive& archive) {
    auto& [title, toml, directory, inputs, numbers, variables, kept, still] = *this;  // all there is
    archive.piece("network");
    archive.text(title);
    archive.text(toml);
    archive.text(directory);
    std::size_t count = inputs.size();
    archive.count(count, 2 * sizeof(std::uint64_t));
    inputs.resize(count);
    for (File& file : inputs) {
        archive.text(file.path);
        archive.text(file.sha256);
    }
    count = numbers.size();
    archive.count(count, 2 * sizeof(std::uint64_t));
    numbers.resize(count);
    for (document::GivenArray& array : numbers) {
        archive.value(array.columns);
        bool whole = array.whole != nullptr;
        archive.value(whole);
        if (whole)
            archive_numbers(archive, array.whole);
        else
            archive_numbers(archive, array.values);
    }
    for (std::vector<std::string>* names : {&variables, &kept, &still}) {
        count = names->size();
        archive.count(count, sizeof(std::uint64_t));
        names->resize(count);
        for (std::string& name : *names) archive.text(name);
    }
}

void SavedRun::archive(base::Archive& archive) {
    auto& [described, of_version, of_precision, step_length, length, of_seed, next_step, sizes, results_file,
           recorded] = *this;  // all there is
    described.archive(archive);
    archive.piece("run");
    archive.text(of_version);
    archive.text(of_precision);
    archive.value(step_length);
    archive.value(length);
    archive.value(of_seed);
    archive.value(next_step);
    std::size_t count = sizes.size();
    archive.count(count, 2 * sizeof(std::uint64_t));
    sizes.resize(count);
    for (Group& group : sizes) {
        archive.text(group.name);
        archive.value(group.bytes);
    }
    archive.text(results_file);
    archive.value(recorded.bytes);
    archive.text(recorded.sha256);
}

SavedRun saved_run(const std::string& file, const fs::path& folder, const codegen::Plan& plan,
                   const base::InputFiles& files) {
    SavedRun run;
    run.network.name = file;
    run.network.text = plan.resolved;
    run.network.folder = fs::absolute(folder.empty() ? fs::path(".") : folder).string();
    const auto itself = base::identity_of(file);
    for (const base::InputFile& input : files) {
        if (itself && *itself == input.identity) continue;  // its text is in `text`
        run.network.files.push_back({fs::absolute(input.path).string(), sha256_of_file(input.path)});
    }
    run.version = BOUTON_VERSION;
    run.precision = plan.precision == codegen::Precision::f32 ? "float" : "double";
    run.dt = plan.dt;
    run.duration = plan.duration;
    run.seed = plan.seed;
    return run;
}

void note_present(SavedRun& run, const sim::Simulation& simulation) {
    run.step = simulation.now();
    run.groups.clear();
    for (const auto& [name, bytes] : simulation.state_bytes()) run.groups.push_back({name, bytes});
}

void write_state(io::OutputFile& output, SavedRun run, const std::function<void(base::Archive&)>& write) {
    output.write([&] {
        const int descriptor = output.descriptor();
        File file(::fdopen(descriptor, "r+b"));
        if (!file) ::close(descriptor);
        if (!file || ::ftruncate(descriptor, 0) != 0) throw io::WriteError("open", cause());
        std::setvbuf(file.get(), nullptr, _IOFBF, kBuffer);
        std::rewind(file.get());
        Writer writer(file.get());
        std::string head = fmt::format("{}, not finished\n", kSeal.name);
        head.resize(io::kSealBytes, ' ');
        writer.bytes(head.data(), head.size());
        run.archive(writer);
        write(writer);
        if (std::fflush(file.get()) != 0 || ::ferror(file.get()) != 0) throw io::WriteError("write", cause());
        output.sync();  // also sees that the name still leads to this file
        io::write_seal(output.partial(), kSeal);
    });
    output.sync();
}

void write_state_file(const fs::path& path, const base::InputFiles& inputs, SavedRun run,
                      const std::function<void(base::Archive&)>& write) {
    io::OutputFile output(path, inputs);
    try {
        write_state(output, std::move(run), write);
        output.commit();
    } catch (...) {
        output.discard();
        throw;
    }
}

class StateFile::Reader : public base::Archive {
public:
    explicit Reader(const fs::path& path) : path_(path), file_(open(path, "rb")) {
        if (!file_) throw io::ReadError(cause());
        left_ = static_cast<std::size_t>(fs::file_size(path)) - io::kSealBytes;
        if (std::fseek(file_.get(), static_cast<long>(io::kSealBytes), SEEK_SET) != 0)
            throw io::ReadError(cause());
    }
    bool reads() const override { return true; }
    std::size_t left() const override { return left_; }
    void bytes(void* data, std::size_t size) override {
        if (size > left_) throw base::ArchiveError("the state ends too early");
        auto* to = static_cast<std::byte*>(data);
        left_ -= size;
        while (size > 0) {
            base::check_stop();
            const std::size_t part = std::min(size, kBuffer);
            if (std::fread(to, 1, part, file_.get()) != part)
                throw io::ReadError("it cannot be read: " + cause());
            to += part;
            size -= part;
        }
    }

private:
    fs::path path_;
    File file_;
    std::size_t left_ = 0;
};

StateFile::StateFile(const fs::path& path) {
    try {
        io::check_ordinary(path);
        io::check_seal(path, kSeal);
        reader_ = std::make_unique<Reader>(path);
        run_.archive(*reader_);
    } catch (const base::Stopped&) {
        throw;
    } catch (const base::Error& error) {
        throw base::Error(fmt::format("cannot read '{}': {}", base::escape(path.string()), error.what()), 2);
    }
}

StateFile::~StateFile() = default;

base::Archive& StateFile::state() { return *reader_; }

bool is_state_file(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) return false;  // what is read from a pipe is gone
    std::ifstream file(path, std::ios::binary);
    std::string head(kSeal.name.size(), ' ');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    return file && head == kSeal.name;
}

bool is_sound_state_file(const fs::path& path) {
    try {
        io::check_ordinary(path);
        io::check_seal(path, kSeal);
        return true;
    } catch (const io::ReadError&) {
        return false;
    }
}

std::string sha256_of_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return {};
    base::Sha256 hash;
    std::vector<char> chunk(std::size_t{1} << 16);
    while (file) {
        file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        hash.add(std::as_bytes(std::span(chunk).first(static_cast<std::size_t>(file.gcount()))));
    }
    return file.bad() ? std::string() : hash.text();
}

}  // namespace bouton::session
