// SPDX-License-Identifier: BSD-3-Clause
// One op as a C++ expression or statement. The caller declares the names that these texts use.
#pragma once

#include "codegen/ir/ir.hpp"

#include <set>
#include <string>

namespace bouton::codegen {

/// What stands between the arguments of such an op; null for others.
const char* operator_text(OpCode code);

class OpText {
public:
    OpText(const Kernel& kernel, Precision precision) : kernel_(kernel), precision_(precision) {}

    /// The value of an op where another op uses it: a name, an index or a literal.
    std::string value(ValueId id) const;
    /// Whether the value has a name of its own that must be declared.
    bool is_named(ValueId id) const;
    /// The expression that gives the value of an op that is not an effect.
    std::string expression(ValueId id) const;
    /// The statement of an effect.
    std::string statement(ValueId id) const;
    /// An op that runs for each event: the variables of the synapse in `slots` stand in their kept names, and change only
    /// if it `waits`.
    std::string event_statement(ValueId id, const std::set<std::uint32_t>& slots) const;

    std::string array_name(std::uint32_t slot) const;
    std::string kept_name(std::uint32_t slot) const;
    std::string scalar_name(std::uint32_t slot) const;
    std::string signal_name(std::uint32_t slot) const;
    std::string outside_name(std::uint32_t slot) const;
    static std::string key_name(ValueId id);
    /// Poisson ops whose numbers come from a table that the caller declares.
    void use_table(ValueId id) { tabled_.insert(id); }
    static std::string table_name(ValueId id);
    /// Clips whose lower bound the caller declares.
    void use_low(ValueId id) { bounded_.insert(id); }
    static std::string low_name(ValueId id);
    /// What says which element is at hand, to the ops whose integers are checked.
    void set_element(std::string element) { at_hand_ = std::move(element); }
    /// The mean of a Poisson op, as a double.
    std::string mean(ValueId id) const;
    static const char* index_name(Index index);
    /// Where the next element of a list goes.
    static std::string end_name(std::uint32_t slot);

private:
    const Op& op(ValueId id) const { return kernel_.ops[id]; }
    std::string argument(ValueId id, int k) const {
        return value(op(id).arguments[static_cast<std::size_t>(k)]);
    }
    Type argument_type(ValueId id, int k) const {
        return op(op(id).arguments[static_cast<std::size_t>(k)]).type;
    }
    std::string outside_arguments(ValueId id) const;
    std::string call(ValueId id) const;
    std::string random(ValueId id) const;
    std::string element(ValueId id) const;
    /// An integer that differs from element to element and stays far below 2^51: a step, a number, a short stored one, or a
    /// difference of such.
    bool is_small(ValueId id) const;

    std::string checked(ValueId id) const;
    std::string noted(ValueId id) const;
    std::string drawn_with(ValueId id, int argument, const char* kind, const std::string& type) const;

    std::string at_hand_ = "-1, -1";
    const Kernel& kernel_;
    Precision precision_;
    std::set<ValueId> tabled_, bounded_;
};

}  // namespace bouton::codegen
