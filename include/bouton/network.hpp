// SPDX-License-Identifier: BSD-3-Clause
// The description of a network, read and checked: what a simulation is made of.
#pragma once

#include "bouton/version.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouton {

/// Hears of warnings, one whole message each, on the thread that calls bouton.
using Warn = std::function<void(const std::string& message)>;

struct NetworkOptions {
    /// "PATH=VALUE" as `bouton run --set` takes them, in order: "neurons.cells.size=20", "simulation.duration=10 s".
    std::vector<std::string> changes = {};
    std::optional<std::uint64_t> seed = {};  ///< below 2^63; wins over the text and over `changes`
    Warn warn = {};  ///< called before the network is there; unset: nobody hears of warnings
};

/// A checked network. It never changes, so that any number of threads may use one, and it holds no file open. It may be moved, after
/// which the old object can only be destroyed or assigned to.
class BOUTON_API Network {
public:
    /// Reads a network file and the files that it names. Throws Error (status 2) with every mistake in them.
    /// Takes about as long as `bouton check`: milliseconds, and the time to read long files.
    static Network from_file(const std::filesystem::path& file, const NetworkOptions& options = {});
    /// The same for the text of a network file. `name` stands for it in messages; files that it names are looked for in `folder`.
    static Network from_text(const std::string& text, const NetworkOptions& options = {},
                             const std::filesystem::path& folder = ".",
                             const std::string& name = "network.toml");

    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;
    ~Network();

    // None of these throws; each costs nothing.
    double dt() const noexcept;        ///< s
    double duration() const noexcept;  ///< s, what the text asks for
    std::uint64_t seed() const noexcept;
    /// The network file with all changes, as TOML. Lives as long as the network.
    const std::string& text() const noexcept;

    struct State;

private:
    friend class Simulation;
    explicit Network(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace bouton
