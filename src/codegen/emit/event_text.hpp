// SPDX-License-Identifier: BSD-3-Clause
// The part of a kernel over rows that meets deferred events (bn_deferred in kernel/kernel_abi.h).
#pragma once

#include "codegen/emit/lines.hpp"
#include "codegen/emit/loop_plan.hpp"
#include "codegen/emit/op_text.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace bouton::codegen {

/// Writes text that stands in the loops of a kernel (kernel_text.cpp): `first` and `count` are the chunk of a row, `at` is its
/// source, `other` holds the targets.
class EventText {
public:
    EventText(const Kernel& kernel, const LoopPlan& plan, const OpText& ops, Lines& lines, Notes& notes);

    /// Once a call: buffers.
    void declare();
    /// Once a row, after the values that belong to it: what one event does.
    void define();
    /// Once a chunk: all that wait, oldest first.
    void meet();
    /// All that wait for synapse `s`.
    void meet_of_one();
    /// Whether an event reads what is the target's and was not kept with it.
    bool looks_at_targets() const;

private:
    std::string type() const;
    std::string event(const std::string& waits, const std::string& field) const;
    std::string in_memory(std::uint32_t slot, bool of_few) const;
    void take_up(bool of_few);
    void put_back(bool of_few);
    void meet_older_one_by_one(const std::string& last, bool of_few);
    void meet_all();
    std::string follows(std::uint32_t slot) const;
    std::string behind(std::uint32_t slot) const;
    std::string copied(std::uint32_t slot, const std::string& to, const std::string& from) const;
    void keep_what_follows();
    void meet_more();

    const Kernel& kernel_;
    const LoopPlan& plan_;
    const OpText& ops_;
    Lines& lines_;
    Notes& notes_;
    std::set<std::uint32_t> changed_;  ///< slots of the synapses' variables that events change
};

}  // namespace bouton::codegen
