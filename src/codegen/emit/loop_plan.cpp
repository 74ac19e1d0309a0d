// SPDX-License-Identifier: BSD-3-Clause
// Planning of loops. A vector stage holds what compilers vectorise; libm calls, rejection samplers, short integers
// (which would force very wide blocks on the rest) and effects on elements that may meet go to stages of their own.
#include "codegen/emit/loop_plan.hpp"

#include "codegen/ir/traits.hpp"

#include <algorithm>

namespace bouton::codegen {
namespace {

using analysis::Builtin;

constexpr int kWorthAsking = 20;    // operations of a deferred event; fewer cost less than to ask for events
constexpr int kWorthDividing = 12;  // operations in vector stages; below, the copies between stages cost more

Index shared_end(const Kernel& kernel) { return kernel.side == Side::pre ? Index::source : Index::target; }

Level level_of_leaf(const Kernel& kernel, const Op& op) {
    const bool synapses = kernel.domain == Domain::synapses;
    switch (op.code) {
        case OpCode::index_of:
            return synapses && op.index == shared_end(kernel) ? Level::segment : Level::lane;
        case OpCode::load: {
            const ArraySlot& array = kernel.arrays[op.slot];
            const bool hoisted = synapses && array.index == shared_end(kernel) && is_read_only(kernel, array);
            return hoisted ? Level::segment : Level::lane;
        }
        case OpCode::load_at:
            return op.uniform || is_read_only(kernel, kernel.arrays[op.slot]) ? Level::call : Level::lane;
        case OpCode::event_field: return Level::lane;
        case OpCode::time:
        case OpCode::step: return kernel.own_steps ? Level::lane : Level::call;
        default: return is_effect(op.code) ? Level::lane : Level::call;
    }
}

std::vector<Level> find_levels(const Kernel& kernel) {
    std::vector<Level> levels;
    for (const Op& op : kernel.ops) {
        Level level = level_of_leaf(kernel, op);
        for (int k = 0; k < op.argument_count; ++k)
            level = std::max(level, levels[op.arguments[static_cast<std::size_t>(k)]]);
        const bool of_events = levels.size() < kernel.event_ops && level == Level::lane;
        levels.push_back(of_events ? Level::event : level);
    }
    return levels;
}

bool is_short(Stored stored) { return stored == Stored::u8 || stored == Stored::u16; }

bool calls_libm(Builtin function) { return function >= Builtin::sin && function <= Builtin::tan; }
bool calls_inverse(Builtin function) { return function >= Builtin::arcsin && function <= Builtin::arctan; }

/// Random words of neurons, Poisson numbers of one mean from them, and these as numbers of another type: a call draws
/// those of a chunk together.
std::vector<bool> find_ahead(const Kernel& kernel, const std::vector<Level>& levels) {
    std::vector<bool> ahead;
    const auto is_ahead = [&](const Op& op) {
        switch (op.code) {
            case OpCode::random_word:
                return word_count(op) == 1 && kernel.ops[op.arguments[0]].code == OpCode::index_of;
            case OpCode::random_poisson: {
                const ValueId word = op.arguments[static_cast<std::size_t>(op.argument_count - 2)];
                const ValueId mean = op.arguments[static_cast<std::size_t>(op.argument_count - 1)];
                return ahead[word] && kernel.ops[word].stream == op.stream && levels[mean] == Level::call;
            }
            case OpCode::convert:
                return ahead[op.arguments[0]] && (op.type == Type::real || op.type == Type::f64) &&
                       kernel.ops[op.arguments[0]].code == OpCode::random_poisson;
            default: return false;
        }
    };
    const bool possible = kernel.domain == Domain::elements && !kernel.sequential;
    for (const Op& op : kernel.ops) ahead.push_back(possible && is_ahead(op));
    return ahead;
}

/// Functions of elements that are found much faster for many at once.
std::vector<bool> find_whole(const Kernel& kernel, const std::vector<Level>& levels) {
    std::vector<bool> whole;
    for (std::size_t id = 0; id < kernel.ops.size(); ++id) {
        const Op& op = kernel.ops[id];
        whole.push_back(kernel.domain == Domain::elements && levels[id] == Level::lane &&
                        op.code == OpCode::call && op.function == Builtin::exprel && op.type == Type::real);
    }
    return whole;
}

/// Bytes of elements that are set where something happens, or a list of these elements.
bool stores_flags(const Kernel& kernel, const LoopPlan& plan, std::size_t id) {
    const Op& op = kernel.ops[id];
    const bool bytes =
        op.code == OpCode::store && op.type == Type::boolean && kernel.arrays[op.slot].stored == Stored::u8;
    if (kernel.domain != Domain::elements || !(bytes || op.code == OpCode::append) ||
        plan.levels[op.arguments[0]] != Level::lane)
        return false;
    const bool alone = std::none_of(kernel.ops.begin(), kernel.ops.end(), [&](const Op& other) {
        return &other != &op && is_effect(other.code) &&
               may_alias(kernel.arrays[op.slot], kernel.arrays[other.slot]);
    });
    return alone && plan.stages[op.arguments[0]] < plan.stages[id];
}

/// Truth values of the elements of a neuron kernel, one byte each.
bool loads_flags(const Kernel& kernel, const Op& op) {
    return kernel.domain == Domain::elements && op.code == OpCode::load && op.type == Type::boolean &&
           kernel.arrays[op.slot].stored == Stored::u8;
}

/// Whether the op keeps a loop from being vectorised.
bool is_serial(const Kernel& kernel, const Op& op) {
    if (op.checked) return true;
    switch (op.code) {
        case OpCode::random_word: return word_count(op) == 1;
        case OpCode::random_poisson:
        case OpCode::random_binomial:
        case OpCode::floor_divide:
        case OpCode::modulo:
        case OpCode::accumulate_at:
        case OpCode::append: return true;
        case OpCode::call: return calls_libm(op.function) || calls_inverse(op.function);
        case OpCode::load:
        case OpCode::load_at: return is_short(kernel.arrays[op.slot].stored);
        case OpCode::store:
        case OpCode::accumulate: {
            const ArraySlot& array = kernel.arrays[op.slot];
            const bool contiguous =
                kernel.domain == Domain::elements ||
                (kernel.domain == Domain::synapses && array.index == Index::synapse && !kernel.indirect);
            return !contiguous || is_short(array.stored);
        }
        default: return false;
    }
}

int cost(const Op& op) {
    if (is_random(op.code)) return 40;
    switch (op.code) {
        case OpCode::call: return op.function >= Builtin::abs || op.function == Builtin::sqrt ? 2 : 20;
        case OpCode::power: return 40;
        case OpCode::power_int: return 2;
        case OpCode::divide: return 4;
        default: return op.code < OpCode::add || op.code == OpCode::convert || is_effect(op.code) ? 0 : 1;
    }
}

/// A load must not see an effect of its own element: loops that come one after the other would change the order.
bool loads_after_effects(const Kernel& kernel) {
    for (const ValueId effect : effects_of(kernel)) {
        if (effect < kernel.event_ops) continue;
        for (std::size_t load = effect; load < kernel.ops.size(); ++load)
            if (is_load(kernel.ops[load].code) &&
                may_alias(kernel.arrays[kernel.ops[effect].slot], kernel.arrays[kernel.ops[load].slot]))
                return true;
    }
    return false;
}

/// Earliest stages by the values used; then effects move behind all loads of their memory and together with the
/// other effects on it, until nothing moves.
class Stages {
public:
    /// `flags_too`: truth values in bytes are loaded among numbers.
    Stages(const Kernel& kernel, const LoopPlan& plan, bool flags_too)
        : kernel_(kernel),
          levels_(plan.levels),
          ahead_(plan.ahead),
          whole_(plan.whole),
          flags_too_(flags_too) {
        stages_.assign(kernel.ops.size(), 0);
        for (const ValueId id : effects_of(kernel))
            if (levels_[id] == Level::lane) effects_.push_back(id);
        for (std::size_t id = 0; id < kernel.ops.size(); ++id) serial_.push_back(must_be_serial(id));
    }

    std::vector<int> find() {
        for (std::size_t id = 0; id < kernel_.ops.size(); ++id)
            if (levels_[id] == Level::lane) stages_[id] = raise_to(id, after_arguments(id));
        while (settle_effects()) {
        }
        return stages_;
    }

private:
    /// All effects on one memory go together: if one must be serial, then each.
    bool must_be_serial(std::size_t id) const {
        const Op& op = kernel_.ops[id];
        if (ahead_[id]) return false;
        if (whole_[id]) return true;
        if (flags_too_ && loads_flags(kernel_, op)) return false;
        if (!is_effect(op.code)) return is_serial(kernel_, op);
        return std::any_of(effects_.begin(), effects_.end(), [&](ValueId id_of_other) {
            const Op& other = kernel_.ops[id_of_other];
            return is_serial(kernel_, other) &&
                   may_alias(kernel_.arrays[op.slot], kernel_.arrays[other.slot]);
        });
    }

    int after_arguments(std::size_t id) const {
        const Op& op = kernel_.ops[id];
        int stage = 0;
        for (int k = 0; k < op.argument_count; ++k) {
            const ValueId argument = op.arguments[static_cast<std::size_t>(k)];
            stage = std::max(stage, stages_[argument] + (whole_[id] || whole_[argument] ? 1 : 0));
        }
        return stage;
    }

    /// The first stage from `stage` on that takes the op.
    int raise_to(std::size_t id, int stage) const {
        return stage + ((stage % 2 == 0) != serial_[id] ? 1 : 0);
    }

    bool settle_effects() {
        bool moved = false;
        for (const ValueId id : effects_) {
            int stage = stages_[id];
            for (std::size_t other = 0; other < kernel_.ops.size(); ++other)
                if (other != id && touches_same(id, other)) stage = std::max(stage, stages_[other]);
            stage = raise_to(id, stage);
            moved |= stage != stages_[id];
            stages_[id] = stage;
        }
        return moved;
    }

    bool touches_same(std::size_t a, std::size_t b) const {
        const Op &first = kernel_.ops[a], &second = kernel_.ops[b];
        return (is_load(second.code) || is_effect(second.code)) && levels_[b] == Level::lane &&
               may_alias(kernel_.arrays[first.slot], kernel_.arrays[second.slot]);
    }

    const Kernel& kernel_;
    const std::vector<Level>& levels_;
    const std::vector<bool>& ahead_;
    const std::vector<bool>& whole_;
    bool flags_too_;
    std::vector<ValueId> effects_;
    std::vector<int> stages_;
    std::vector<bool> serial_;
};

bool worth_dividing(const Kernel& kernel, const LoopPlan& plan) {
    int work = 0;
    bool only_flags = true;  // between the vector stages: they cost little
    for (std::size_t id = 0; id < kernel.ops.size(); ++id) {
        if (plan.whole[id]) return true;
        if (plan.levels[id] != Level::lane || plan.ahead[id]) continue;
        if (plan.stages[id] % 2 != 0)
            work += cost(kernel.ops[id]);
        else
            only_flags &= stores_flags(kernel, plan, id);
    }
    return only_flags || work >= kWorthDividing;
}

bool events_cost_much(const Kernel& kernel, const std::vector<Level>& levels) {
    int work = 0;
    for (std::size_t id = 0; id < kernel.event_ops; ++id)
        if (levels[id] == Level::event) work += cost(kernel.ops[id]);
    return work >= kWorthAsking;
}

/// How the values get to the stages that use them.
class Uses {
public:
    Uses(const Kernel& kernel, LoopPlan& plan) : kernel_(kernel), plan_(plan) {}

    void find() {
        plan_.taken_up.assign(kernel_.ops.size(), {});
        plan_.remade.assign(kernel_.ops.size(), {});
        std::set<int> used;
        for (std::size_t id = 0; id < kernel_.ops.size(); ++id) {
            if (plan_.levels[id] != Level::lane || plan_.ahead[id]) continue;
            used.insert(plan_.stages[id]);
            for (int k = 0; k < kernel_.ops[id].argument_count; ++k)
                bring(kernel_.ops[id].arguments[static_cast<std::size_t>(k)], plan_.stages[id],
                      plan_.whole[id] || plan_.flags[id]);
        }
        plan_.stages_in_use.assign(used.begin(), used.end());
    }

private:
    void bring(ValueId id, int stage, bool in_buffer) {
        const OpCode code = kernel_.ops[id].code;
        const bool at_hand = code == OpCode::index_of || code == OpCode::time || code == OpCode::step;
        if (plan_.levels[id] != Level::lane || at_hand) return;
        if (!plan_.ahead[id] && plan_.stages[id] == stage) return;
        if (in_buffer || !can_be_remade(id, stage)) {
            plan_.taken_up[id].insert(stage);
            return;
        }
        plan_.remade[id].insert(stage);
        if (kernel_.ops[id].code == OpCode::convert) bring(kernel_.ops[id].arguments[0], stage, false);
    }

    /// A number of the element that nobody has written yet, or its conversion, costs less than a buffer.
    bool can_be_remade(ValueId id, int stage) const {
        const Op& op = kernel_.ops[id];
        if (kernel_.domain != Domain::elements || stage % 2 == 0) return false;
        if (op.code == OpCode::convert) return can_be_remade(op.arguments[0], stage);
        if (op.code != OpCode::load || is_short(kernel_.arrays[op.slot].stored)) return false;
        return std::none_of(kernel_.ops.begin(), kernel_.ops.end(), [&](const Op& other) {
            const auto number = static_cast<std::size_t>(&other - kernel_.ops.data());
            return is_effect(other.code) && plan_.stages[number] < stage &&
                   may_alias(kernel_.arrays[op.slot], kernel_.arrays[other.slot]);
        });
    }

    const Kernel& kernel_;
    LoopPlan& plan_;
};

/// Whether the op has a form for several elements at once: arithmetic on numbers of the run's precision, and what is true of them.
bool has_pack_form(const Kernel& kernel, const LoopPlan& plan, const Op& op) {
    const auto arguments_are = [&](Type type) {
        for (int k = 0; k < op.argument_count; ++k)
            if (kernel.ops[op.arguments[static_cast<std::size_t>(k)]].type != type) return false;
        return true;
    };
    for (int k = 0; k < op.argument_count; ++k) {
        const ValueId argument = op.arguments[static_cast<std::size_t>(k)];
        if (kernel.ops[argument].type == Type::boolean && plan.levels[argument] == Level::call) return false;
    }
    switch (op.code) {
        case OpCode::load:
            if (loads_flags(kernel, op)) return true;
            [[fallthrough]];
        case OpCode::store: return op.type == Type::real && kernel.arrays[op.slot].stored == Stored::real;
        case OpCode::add:
        case OpCode::subtract:
        case OpCode::multiply:
        case OpCode::divide:
        case OpCode::negate:
        case OpCode::select: return op.type == Type::real;
        case OpCode::convert: return op.type == Type::boolean && arguments_are(Type::real);
        case OpCode::logical_and:
        case OpCode::logical_or:
        case OpCode::logical_not: return true;
        default: return is_comparison(op.code) && arguments_are(Type::real);
    }
}

/// Compilers find vectors by themselves, but not how truth values become bits, or bytes truth values.
bool is_for_packs(const Kernel& kernel, const LoopPlan& plan, int stage) {
    bool gains = false;
    for (std::size_t id = 0; id < kernel.ops.size(); ++id) {
        const Op& op = kernel.ops[id];
        if (op.code == OpCode::index_of) continue;  // no text of its own, and no form takes integers
        const auto is_at_stage = [&](std::size_t of) {
            return plan.levels[of] == Level::lane && plan.stages[of] == stage && !plan.ahead[of];
        };
        const bool own = is_at_stage(id);
        gains |= own && loads_flags(kernel, op);
        if ((own || plan.remade[id].count(stage) > 0) && !has_pack_form(kernel, plan, op)) return false;
        if (plan.taken_up[id].count(stage) > 0 && op.type != Type::real) return false;
        if (plan.levels[id] != Level::lane || plan.ahead[id] || own) continue;
        for (int k = 0; k < op.argument_count; ++k) {
            const ValueId argument = op.arguments[static_cast<std::size_t>(k)];
            if (!is_at_stage(argument) || kernel.ops[argument].code == OpCode::index_of) continue;
            if (op.code != OpCode::append || !plan.flags[id]) return false;
            gains = true;
        }
    }
    return gains;
}

}  // namespace

bool LoopPlan::in_chunks() const {
    return stages_in_use.size() > 1 || std::find(ahead.begin(), ahead.end(), true) != ahead.end();
}

bool are_apart(const Kernel& kernel, const LoopPlan& plan, int stage) {
    for (std::size_t id = 0; id < kernel.ops.size(); ++id) {
        const Op& op = kernel.ops[id];
        if (!is_effect(op.code) || plan.levels[id] != Level::lane || plan.stages[id] != stage) continue;
        if (op.code == OpCode::append || op.code == OpCode::accumulate_at ||
            !is_one_to_one(kernel, kernel.arrays[op.slot]))
            return false;
    }
    return true;
}

bool is_read_only(const Kernel& kernel, const ArraySlot& array) {
    return std::none_of(kernel.arrays.begin(), kernel.arrays.end(),
                        [&](const ArraySlot& other) { return other.written && may_alias(array, other); });
}

namespace {

LoopPlan plan_stages(const Kernel& kernel, bool flags_too) {
    LoopPlan plan;
    plan.levels = find_levels(kernel);
    plan.events_cost_much = events_cost_much(kernel, plan.levels);
    plan.ahead = find_ahead(kernel, plan.levels);
    plan.whole = find_whole(kernel, plan.levels);
    if (!kernel.sequential && !loads_after_effects(kernel))
        plan.stages = Stages(kernel, plan, flags_too).find();
    if (plan.stages.empty() || !worth_dividing(kernel, plan)) {
        plan.stages.assign(kernel.ops.size(), 0);
        plan.whole.assign(kernel.ops.size(), false);
    }
    for (std::size_t id = 0; id < kernel.ops.size(); ++id)
        plan.flags.push_back(stores_flags(kernel, plan, id));
    Uses(kernel, plan).find();
    if (!plan.in_chunks()) return plan;
    for (const int stage : plan.stages_in_use)
        if (stage % 2 != 0 && is_for_packs(kernel, plan, stage)) plan.packs.insert(stage);
    return plan;
}

}  // namespace

LoopPlan plan_loops(const Kernel& kernel) {
    LoopPlan plan = plan_stages(kernel, true);
    for (ValueId id = 0; id < kernel.ops.size(); ++id)
        if (loads_flags(kernel, kernel.ops[id]) && !plan.is_pack(id)) return plan_stages(kernel, false);
    return plan;
}

}  // namespace bouton::codegen
