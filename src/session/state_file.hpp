// SPDX-License-Identifier: BSD-3-Clause
// A saved session: its network and its state, sealed (io/seal.hpp), so that any changed bit is found before anything is read.
#pragma once

#include "base/archive.hpp"
#include "base/input_file.hpp"

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
    std::vector<std::string> written;  ///< variables that were written, GROUP.VARIABLE

    void archive(base::Archive& archive);
};

/// Writes both aside, then gives the file its name: an older one stays until the new one is whole and on the disk. `path` may be
/// none of `inputs`. `write` hands the state over. Throws io::WriteError, or base::Error (status 2) for a path that cannot be.
void write_state_file(const std::filesystem::path& path, const base::InputFiles& inputs, SavedNetwork network,
                      const std::function<void(base::Archive&)>& write);

/// An open state file.
class StateFile {
public:
    /// Looks at the seal; reads the network. Throws base::Error (status 2) that names the file and says what is wrong with it.
    explicit StateFile(const std::filesystem::path& path);
    ~StateFile();
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;

    const SavedNetwork& network() const { return network_; }
    /// The state that follows the network.
    base::Archive& state();

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
    SavedNetwork network_;
};

/// SHA-256 of a file, 64 hexadecimal digits; nothing if it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace bouton::session
