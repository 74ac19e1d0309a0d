// SPDX-License-Identifier: BSD-3-Clause
#include "cli/describe_state.hpp"

#include "base/diagnostics.hpp"
#include "cli/progress.hpp"
#include "cli/text_layout.hpp"

#include <fmt/format.h>

namespace bouton::cli {

std::string describe_state(const session::SavedRun& run) {
    const bool checkpoint = !run.results.empty();
    std::string page =
        fmt::format("{} of {}, written by bouton {}\n", checkpoint ? "checkpoint" : "saved session",
                    base::escape(run.network.name), base::escape(run.version));
    page += fmt::format("    at {} of {}, {} steps of {} done; seed {}, {} precision\n",
                        spell_seconds(static_cast<double>(run.step) * run.dt), spell_seconds(run.duration),
                        spell_count(static_cast<double>(run.step)), spell_seconds(run.dt), run.seed,
                        base::escape(run.precision));
    if (checkpoint) {
        page += fmt::format("    records of {}: {} in its journal\n", base::escape(run.results),
                            spell_bytes(static_cast<double>(run.journal.bytes)));
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& group : run.groups)
        rows.push_back({base::escape(group.name), spell_bytes(static_cast<double>(group.bytes))});
    return page + "state\n" + columns(rows, "    ");
}

}  // namespace bouton::cli
