// SPDX-License-Identifier: BSD-3-Clause
// Ops that run for several elements at once, in the types of kernel/pack.h.
#pragma once

#include "codegen/emit/lines.hpp"
#include "codegen/emit/loop_plan.hpp"
#include "codegen/emit/op_text.hpp"

#include <string>

namespace bouton::codegen {

class PackText {
public:
    PackText(const Kernel& kernel, const LoopPlan& plan, const OpText& ops)
        : kernel_(kernel), plan_(plan), ops_(ops) {}

    /// The numbers that are the same for all elements, as the ops of these stages want them.
    void declare(Lines& lines) const;
    /// The declaration of a value that an earlier stage left in a buffer.
    std::string taken_up(ValueId id, const std::string& buffer) const;
    /// The declaration of a value, or the statement of an effect.
    std::string line(ValueId id) const;

private:
    std::string name(ValueId id) const;
    std::string argument(ValueId id, int k) const {
        return name(kernel_.ops[id].arguments[static_cast<std::size_t>(k)]);
    }
    std::string declaration(ValueId id, const std::string& expression) const;
    std::string expression(ValueId id) const;

    const Kernel& kernel_;
    const LoopPlan& plan_;
    const OpText& ops_;
};

}  // namespace bouton::codegen
