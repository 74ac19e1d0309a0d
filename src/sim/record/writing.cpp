// SPDX-License-Identifier: BSD-3-Clause
#include "sim/record/writing.hpp"

#include "base/numbers.hpp"
#include "sim/record/sampler.hpp"

#include <algorithm>
#include <cmath>

namespace bouton::sim {

using codegen::Placement;
using state::Location;
using state::StateArray;

std::vector<const codegen::Variable*> open_variables(const std::vector<codegen::Variable>& variables) {
    std::vector<const codegen::Variable*> open;
    for (const codegen::Variable& variable : variables)
        if (!variable.internal()) open.push_back(&variable);
    return open;
}

void refuse_variable(const std::string& group, const std::string& name,
                     const std::vector<codegen::Variable>& variables,
                     const std::vector<std::string>& others) {
    std::vector<std::string> names;
    for (const codegen::Variable* open : open_variables(variables)) names.push_back(open->name.word());
    names.insert(names.end(), others.begin(), others.end());
    const std::string near = base::nearest(name, names);
    std::string all;
    for (const std::string& known : names) all += (all.empty() ? "" : ", ") + known;
    throw UnknownName("'" + group + "' has no variable '" + base::escape(name) + "'; " +
                      (near.empty() ? "it has " + (all.empty() ? std::string("none") : all)
                                    : "did you mean '" + near + "'?"));
}

namespace {

/// One write: what it is of, for messages.
class Write {
public:
    Write(std::string group, std::string element, const std::vector<codegen::Variable>& variables,
          const std::string& name, const Chosen& chosen, std::span<const double> values)
        : group_(std::move(group)), element_(std::move(element)), chosen_(chosen), values_(values) {
        number_ = state::find_variable(variables, codegen::Name::user(name));
        if (number_ < 0 || variables[static_cast<std::size_t>(number_)].internal())
            refuse_variable(group_, name, variables);
        variable_ = &variables[static_cast<std::size_t>(number_)];
    }

    const codegen::Variable& variable() const { return *variable_; }
    int number() const { return number_; }
    double value(std::size_t k) const { return values_.size() == 1 ? values_[0] : values_[k]; }

    [[noreturn]] void refuse(const std::string& what) const {
        throw base::Error(whole_name() + ": " + what, 2);
    }

    /// Judges numbers of elements and values for a group of that size. Returns how many there are.
    std::size_t check(std::int64_t size) const {
        const std::size_t count = chosen_ ? chosen_->size() : static_cast<std::size_t>(size);
        if (values_.size() != count && values_.size() != 1)
            refuse(std::to_string(values_.size()) + " values, but " + std::to_string(count) + " " + element_ +
                   "s");
        if (chosen_) check_chosen(size);
        for (std::size_t k = 0; k < values_.size(); ++k) check_value(k);
        return count;
    }
    std::int64_t element(std::size_t k) const {
        return chosen_ ? (*chosen_)[k] : static_cast<std::int64_t>(k);
    }

private:
    std::string whole_name() const {
        return "'" + (variable_ != nullptr ? variable_->name.word() : "") + "' of '" + group_ + "'";
    }

    void check_chosen(std::int64_t size) const {
        std::vector<bool> seen(static_cast<std::size_t>(size), false);
        for (const std::int64_t n : *chosen_) {
            if (n < 0 || n >= size)
                refuse("there is no " + element_ + " " + std::to_string(n) + "; there are " +
                       std::to_string(size));
            if (seen[static_cast<std::size_t>(n)])
                refuse(element_ + " " + std::to_string(n) + " stands twice");
            seen[static_cast<std::size_t>(n)] = true;
        }
    }

    void check_value(std::size_t k) const {
        const double value = values_[k];
        const auto where = [&] {
            return values_.size() == 1 ? std::string() : " of " + element_ + " " + std::to_string(element(k));
        };
        if (!std::isfinite(value)) refuse("the value" + where() + " is not finite");
        const auto fail = [&](const char* wanted) {
            refuse("the value" + where() + " is " + base::shortest(value) + ", which is not " + wanted);
        };
        switch (variable_->stored) {
            case codegen::Stored::real:
            case codegen::Stored::f64: return;
            case codegen::Stored::u8:
                if (value != 0.0 && value != 1.0) fail("true or false");
                return;
            case codegen::Stored::i64:
                if (value != std::floor(value) || std::fabs(value) > 0x1p53)
                    fail("a whole number up to 2^53");
                return;
            default: throw base::InternalError("a variable of a type that users do not have");
        }
    }

    std::string group_, element_;
    const Chosen& chosen_;
    std::span<const double> values_;
    const codegen::Variable* variable_ = nullptr;
    int number_ = -1;
};

/// Takes everything back unless it is kept.
template <class Group>
class Undo {
public:
    explicit Undo(Group& group) : group_(group), before_(base::archived(group)) {}
    void back() {
        base::MemoryReader reader(before_);
        group_.archive(reader);
    }

private:
    Group& group_;
    std::vector<std::byte> before_;
};

/// Whether what is written may turn out to be none that the model takes.
template <class Plan>
bool may_be_refused(const Plan& plan, const codegen::Variable& variable) {
    return variable.constant || std::any_of(plan.ranges.begin(), plan.ranges.end(), [&](const auto& range) {
               return range.depends_on(variable.name.word());
           });
}

/// After a write: what the model does not take is taken back and refused.
template <class Group>
void settle(Group& group, const codegen::Variable& variable, std::optional<Undo<Group>>& undo) {
    try {
        if (undo) group.check_ranges(variable.name.word());
        if (variable.constant) group.run_propagators();
    } catch (const base::Error& error) {
        if (undo) undo->back();
        throw base::Error(error.what(), 2);
    }
}

}  // namespace

void write_neurons(NeuronGroup& group, const Clock& clock, const std::string& variable, const Chosen& chosen,
                   std::span<const double> values) {
    const Write write(group.plan.group, "neuron", group.plan.variables, variable, chosen, values);
    const std::size_t count = write.check(group.plan.size);
    const bool shared = write.variable().placement == Placement::shared;
    if (shared)
        for (std::size_t k = 1; k < count; ++k)
            if (write.value(k) != write.value(0)) write.refuse("all neurons share one value; give one");
    std::optional<Undo<NeuronGroup>> undo;
    if (may_be_refused(group.plan, write.variable())) undo.emplace(group);
    group.rebase(clock);
    StateArray& array = group.store.arrays[static_cast<std::size_t>(write.number())];
    for (std::size_t k = 0; k < count; ++k) array.set(shared ? 0 : write.element(k), write.value(k));
    array.pad();
    settle(group, write.variable(), undo);
}

void write_synapses(SynapseGroup& group, const Clock& clock, const std::string& variable,
                    const std::vector<Location>& order, const Chosen& chosen,
                    std::span<const double> values) {
    const Write write(group.plan.name, "synapse", group.plan.variables, variable, chosen, values);
    const std::size_t count = write.check(std::ssize(order));
    const Placement placement = write.variable().placement;
    const auto at = [&](std::size_t k) { return order[static_cast<std::size_t>(write.element(k))]; };
    std::vector<std::optional<double>> common;  // by place, where several synapses share one
    std::vector<state::RowFinder> rows(group.store.blocks.begin(), group.store.blocks.end());
    const auto place_of = [&](const Location& of) -> std::size_t {
        if (placement == Placement::shared) return 0;
        const state::SynapseBlock& block = group.store.blocks[of.block];
        if (placement == Placement::per_target) return block.target[static_cast<std::size_t>(of.position)];
        return rows[of.block].row_of(of.position);
    };
    if (placement != Placement::per_synapse) {
        const char* whose = placement == Placement::per_source   ? "source"
                            : placement == Placement::per_target ? "target"
                                                                 : nullptr;
        common.resize(
            static_cast<std::size_t>(group.store.common[static_cast<std::size_t>(write.number())].size()));
        std::vector<std::size_t> concerned(common.size(), 0), all(common.size(), 0);
        for (std::size_t k = 0; k < count; ++k) {
            const std::size_t place = place_of(at(k));
            ++concerned[place];
            auto& known = common[place];
            if (known && *known != write.value(k)) {
                write.refuse(whose == nullptr
                                 ? "all synapses share one value; give one"
                                 : std::string("it is stored once per ") + whose +
                                       " neuron, since all synapses of one " + "agree; those of " + whose +
                                       " " + std::to_string(place) +
                                       " are given different values; name it in `writable` when the "
                                       "simulation is opened to keep one per synapse");
            }
            known = write.value(k);
        }
        if (chosen) {
            for (const Location& location : order) ++all[place_of(location)];
            for (std::size_t place = 0; place < all.size(); ++place)
                if (concerned[place] > 0 && concerned[place] < all[place])
                    write.refuse("it is stored once for " +
                                 (whose == nullptr ? std::string("all synapses")
                                                   : std::string("all synapses of ") + whose + " " +
                                                         std::to_string(place)) +
                                 "; write all of them");
        }
    }
    std::optional<Undo<SynapseGroup>> undo;
    if (may_be_refused(group.plan, write.variable())) undo.emplace(group);
    group.rebase(clock);
    if (placement == Placement::per_synapse) {
        for (std::size_t k = 0; k < count; ++k) {
            const auto& [block, position] = at(k);
            group.store.array(write.number(), block).set(position, write.value(k));
        }
        for (std::size_t b = 0; b < group.store.blocks.size(); ++b)
            group.store.array(write.number(), b).pad();
    } else {
        StateArray& array = group.store.common[static_cast<std::size_t>(write.number())];
        for (std::size_t place = 0; place < common.size(); ++place)
            if (common[place]) array.set(static_cast<std::int64_t>(place), *common[place]);
        array.pad();
    }
    settle(group, write.variable(), undo);
    group.rebased(clock);
}

}  // namespace bouton::sim
