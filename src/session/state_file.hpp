// SPDX-License-Identifier: BSD-3-Clause
// A saved session or a checkpoint of a run: its network and its state, sealed (io/seal.hpp), so that any changed bit is found
// before anything is read.
#pragma once

#include "base/archive.hpp"
#include "base/input_file.hpp"
#include "codegen/plan/plan.hpp"
#include "document/given_arrays.hpp"
#include "io/journal.hpp"
#include "io/output_file.hpp"
#include "sim/simulation.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bouton::session {

/// What a saved session says of its network.
struct SavedNetwork {
    /// A file that was read for the network, and its SHA-256.
    struct File {
        std::string path;
        std::string sha256;
    };
    std::string name;    ///< for messages
    std::string text;    ///< with all changes
    std::string folder;  ///< where files that the text names are looked for
    std::vector<File> files;
    std::vector<document::GivenArray> arrays;  ///< that the text names
    std::vector<std::string> written;          ///< variables that were written, GROUP.VARIABLE
    std::vector<std::string> writable;         ///< that are kept per element, GROUP.VARIABLE
    std::vector<std::string> halted;           ///< groups whose plasticity stands still

    void archive(base::Archive& archive);
};

/// What a state file says before the state.
struct SavedRun {
    struct Group {
        std::string name;
        std::uint64_t bytes = 0;  ///< of its state
    };
    SavedNetwork network;
    std::string version;  ///< of the bouton that wrote it
    std::string precision;
    double dt = 0.0;        ///< s
    double duration = 0.0;  ///< s
    std::uint64_t seed = 0;
    std::int64_t step = 0;  ///< the next one
    std::vector<Group> groups;
    std::string results;      ///< of a checkpoint: the results file to come; empty for a session
    io::JournalMark journal;  ///< of a checkpoint: what was recorded so far

    void archive(base::Archive& archive);
};

/// Of a network that was read from `file`, whose text is `plan.resolved`, and from other `files`; hashes those. `folder`: where
/// those that the text names are looked for.
SavedRun saved_run(const std::string& file, const std::filesystem::path& folder, const codegen::Plan& plan,
                   const base::InputFiles& files);
/// Notes the present step and the sizes of the groups.
void note_present(SavedRun& run, const sim::Simulation& simulation);

/// Writes both aside, then gives the file its name: an older one stays until the new one is whole and on the disk. `path` may be
/// none of `inputs`. `write` hands the state over. Throws io::WriteError, or base::Error (status 2) for a path that cannot be.
void write_state_file(const std::filesystem::path& path, const base::InputFiles& inputs, SavedRun run,
                      const std::function<void(base::Archive&)>& write);
/// The same without the name: the partial file is whole and on the disk.
void write_state(io::OutputFile& output, SavedRun run, const std::function<void(base::Archive&)>& write);
/// Whether a file begins as one of ours does, sound or not.
bool is_state_file(const std::filesystem::path& path);
/// Whether it is one, to the last bit.
bool is_sound_state_file(const std::filesystem::path& path);

/// An open state file.
class StateFile {
public:
    /// Looks at the seal; reads the network. Throws base::Error (status 2) that names the file and says what is wrong with it.
    explicit StateFile(const std::filesystem::path& path);
    ~StateFile();
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;

    const SavedRun& run() const { return run_; }
    /// The state that follows.
    base::Archive& state();

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
    SavedRun run_;
};

/// SHA-256 of a file, 64 hexadecimal digits; nothing if it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace bouton::session
