// SPDX-License-Identifier: BSD-3-Clause
// A run from start to end that outlives its process: it writes checkpoints, or goes on from one, or both.
// A checkpoint is a state file that also tells how far the journal of the results (io/journal.hpp) belongs to it.
#pragma once

#include "io/journal.hpp"
#include "session/network.hpp"
#include "session/state_file.hpp"
#include "sim/simulation.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace bouton::session {

/// The two last checkpoints: FILE, and the one before it as FILE.previous. Whatever happens at whatever moment, one of them is
/// sound once there was one. FILE.partial is locked against another run that would write the same.
class Generations {
public:
    /// Throws base::Error (status 2) if FILE cannot be written, or if it or FILE.previous is one of `inputs` or of another kind.
    Generations(std::filesystem::path file, base::InputFiles inputs);
    /// Throws io::WriteError or base::Error; then both are as they were, and nothing is left that takes room.
    void write(SavedRun run, const std::function<void(base::Archive&)>& write);

    static std::filesystem::path before(std::filesystem::path file);

private:
    void prepare();

    std::filesystem::path file_;
    base::InputFiles inputs_;
    std::optional<io::OutputFile> output_;  ///< of the next one
    bool sound_ = false;                    ///< whether FILE is one that was written here
};

class LongRun {
public:
    struct Request {
        std::optional<std::filesystem::path> resume;      ///< the checkpoint to go on from
        std::optional<std::filesystem::path> checkpoint;  ///< where to write them
        double every = 0.0;                               ///< s, simulated: how often

        bool any() const { return resume || checkpoint; }
        /// Files that the results must not be.
        base::InputFiles files() const;
    };

    /// `now`: the network to run. `results` is borrowed. Throws base::Error (status 2) for a checkpoint that is damaged, of
    /// another network or without its records, and for files that cannot be written.
    LongRun(Request request, SavedRun now, io::ResultsFile& results, const base::InputFiles& inputs,
            Warn warn);
    /// Sets who records, where the run begins and where it pauses.
    void set_up(sim::Options& options);
    /// The simulation that was made of these options; borrowed.
    void attach(sim::Simulation& simulation) { simulation_ = &simulation; }
    /// What the network could not take from the state, with the name of the file.
    [[noreturn]] void refuse_state(const base::ArchiveError& error) const;

private:
    void open_state();
    void refuse_another_network() const;
    void write();

    Request request_;
    SavedRun run_;
    Warn warn_;
    std::int64_t every_steps_ = 0;
    std::unique_ptr<StateFile> state_;
    std::optional<io::JournaledResults> records_;
    std::optional<Generations> generations_;
    sim::Simulation* simulation_ = nullptr;
};

}  // namespace bouton::session
