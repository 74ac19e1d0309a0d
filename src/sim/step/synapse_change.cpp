// SPDX-License-Identifier: BSD-3-Clause
// Synapses that are added and removed from outside, between two steps: all is judged before anything changes, and what turns
// out while first values are given takes everything back.
#include "sim/step/synapse_change.hpp"

#include "base/diagnostics.hpp"
#include "base/numbers.hpp"
#include "sim/record/recording.hpp"
#include "sim/record/writing.hpp"
#include "sim/step/row_copies.hpp"
#include "sim/step/synapse_group.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace bouton::sim {

using codegen::Placement;
using state::SynapseBlock;

namespace {

std::string spell(const model::GroupRef& slice, std::int64_t size) {
    const bool whole = slice.begin == 0 && slice.end == size;
    return "'" + base::escape(slice.group) +
           (whole ? "" : "[" + std::to_string(slice.begin) + ":" + std::to_string(slice.end) + "]") + "'";
}

}  // namespace

/// What is given to new synapses, judged: which variable or delay each is of.
class GivenValues {
public:
    GivenValues(const SynapseGroup& group, const NewSynapses& wanted) : group_(group), given_(wanted.given) {
        const std::size_t count = wanted.sources.size();
        for (const NewValues& of : given_) {
            if (of.values.size() != 1 && of.values.size() != count)
                refuse(of.name, std::to_string(of.values.size()) + " values for " + std::to_string(count) +
                                    " new synapses");
            for (const double value : of.values)
                if (!std::isfinite(value)) refuse(of.name, "a value is not finite");
            for (const NewValues& other : given_)
                if (&other != &of && other.name == of.name) refuse(of.name, "it is given twice");
            find(of);
        }
        refuse_missing();
    }

    /// Number in the plan of a variable or delay, and its values.
    struct One {
        std::size_t number;
        std::span<const double> values;
        double value(std::size_t k) const { return values.size() == 1 ? values[0] : values[k]; }
    };
    const std::vector<One>& variables() const { return variables_; }
    const std::vector<One>& delays() const { return delays_; }
    bool has_variable(const std::string& name) const {
        return std::any_of(given_.begin(), given_.end(),
                           [&](const NewValues& of) { return of.name == name; });
    }

private:
    [[noreturn]] void refuse(const std::string& name, const std::string& what) const {
        throw base::Error(
            "'" + base::escape(name) + "' of new synapses of '" + group_.plan.name + "': " + what, 2);
    }

    void find(const NewValues& of) {
        std::vector<std::string> others;
        for (const auto& [d, name] : named_delays(group_)) {
            others.push_back(name);
            if (name == of.name) return add_delay(of, d);
        }
        const int v = state::find_variable(group_.plan.variables, codegen::Name::user(of.name));
        if (v < 0 || group_.plan.variables[static_cast<std::size_t>(v)].internal())
            refuse_variable(group_.plan.name, of.name, group_.plan.variables, others);
        const codegen::Variable& variable = group_.plan.variables[static_cast<std::size_t>(v)];
        if (variable.placement != Placement::per_synapse) return check_common(of, v, variable.placement);
        for (const double value : of.values) check_type(of.name, variable.stored, value);
        variables_.push_back({static_cast<std::size_t>(v), of.values});
    }

    /// What synapses share cannot be given to some of them, unless it is what they share.
    void check_common(const NewValues& of, int v, Placement placement) const {
        if (placement != Placement::shared)
            refuse(of.name, std::string("it is stored once for each ") +
                                (placement == Placement::per_source ? "pre" : "post") +
                                "synaptic neuron, and new synapses find it as it is");
        const state::StateArray& common = group_.store.common[static_cast<std::size_t>(v)];
        const double known = common.get(0);
        for (const double value : of.values) {
            state::StateArray one(common.stored(), group_.store.precision, 1, value);
            if (one.get(0) == known) continue;
            refuse(of.name,
                   "all synapses share " + base::shortest(known) +
                       "; let the network give them values of their own, in a list or by an expression "
                       "such as \"6*nS + 0*nS*rand()\"");
        }
    }

    void check_type(const std::string& name, codegen::Stored stored, double value) const {
        if (stored == codegen::Stored::u8 && value != 0.0 && value != 1.0)
            refuse(name, base::shortest(value) + " is not true or false");
        if (stored == codegen::Stored::i64 && (value != std::floor(value) || std::fabs(value) > 0x1p53))
            refuse(name, base::shortest(value) + " is not a whole number up to 2^53");
    }

    void add_delay(const NewValues& of, int delay) {
        const double dt = group_.dt();
        for (const double seconds : of.values)
            if (const auto fault = fault_of_delay(seconds, dt, "a new synapse")) refuse(of.name, *fault);
        const std::int64_t steps = delay < 0 ? 0 : group_.store.delays[static_cast<std::size_t>(delay)].steps;
        if (delay >= 0 && group_.store.delays[static_cast<std::size_t>(delay)].per_synapse)
            return void(delays_.push_back({static_cast<std::size_t>(delay), of.values}));
        for (const double seconds : of.values)
            if (static_cast<std::int64_t>(std::floor(seconds / dt + 0.5)) != steps)
                refuse(of.name,
                       base::shortest(seconds) + " s, but all synapses of the group have " +
                           base::shortest(static_cast<double>(steps) * dt) +
                           " s; a group whose delays differ from the start, or are drawn, takes any");
    }

    /// A list says nothing of synapses that come later.
    void refuse_missing() const {
        for (const auto& initialiser : group_.plan.initialisers) {
            const int v = group_.store.find(codegen::Name::user(initialiser.variable));
            const bool own = v >= 0 && group_.store.variables[static_cast<std::size_t>(v)].placement ==
                                           Placement::per_synapse;
            if (own && initialiser.values && !has_variable(initialiser.variable))
                refuse(initialiser.variable, "the network gives it as a list of values: give it here too");
        }
        for (const auto& [d, name] : named_delays(group_))
            if (d >= 0 && group_.plan.delays[static_cast<std::size_t>(d)].values && !has_variable(name))
                refuse(name, "the network gives it as a list of values: give it here too");
    }

    const SynapseGroup& group_;
    const std::vector<NewValues>& given_;
    std::vector<One> variables_, delays_;
};

double SynapseGroup::dt() const { return context_.clock.dt; }

// The new synapses by block, in the order of rows; their ids are given in the order of the call.
void SynapseGroup::place_new(const NewSynapses& wanted, SynapseEdit& edit) {
    const auto refuse = [&](std::size_t k, const std::string& what) {
        throw base::Error("new synapse " + std::to_string(k) + " of '" + plan.name + "', from " +
                              std::to_string(wanted.sources[k]) + " to " + std::to_string(wanted.targets[k]) +
                              ": " + what,
                          2);
    };
    const auto check = [&](std::size_t k, std::int64_t neuron, const model::GroupRef& slice,
                           const NeuronGroup& group) {
        if (neuron < slice.begin || neuron >= slice.end)
            refuse(k,
                   "there is no neuron " + std::to_string(neuron) + " in " + spell(slice, group.plan.size));
    };
    const bool no_self = plan.from.group == plan.to.group && !plan.connect.autapses;
    for (std::size_t k = 0; k < wanted.sources.size(); ++k) {
        check(k, wanted.sources[k], plan.from, pre);
        check(k, wanted.targets[k], plan.to, post);
        if (no_self && wanted.sources[k] == wanted.targets[k])
            refuse(k, "the group has no synapses from a neuron to itself (autapses = true allows them)");
    }
    std::vector<std::size_t> order(wanted.sources.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto pair = [&](std::size_t k) { return std::pair(wanted.sources[k], wanted.targets[k]); };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t x, std::size_t y) { return pair(x) < pair(y); });
    RowCopies copies(store);
    std::int64_t copy = 0;
    for (std::size_t n = 0; n < order.size(); ++n) {
        const std::size_t k = order[n];
        const auto source = static_cast<std::uint32_t>(wanted.sources[k] - plan.from.begin);
        const auto target = static_cast<std::uint32_t>(wanted.targets[k] - plan.to.begin);
        const bool repeated = n > 0 && pair(order[n - 1]) == pair(k);
        if (n == 0 || wanted.sources[order[n - 1]] != wanted.sources[k]) copies.look_at(source);
        copy = repeated ? copy + 1 : copies.of(target) + 1;
        if (copy > 0 && !plan.connect.multapses)
            refuse(k, std::string(repeated ? "it stands twice" : "there is one already") +
                          ", and the group has no repeated ones (multapses = true allows them)");
        if (copy > 0xFFFF) refuse(k, "a pair of neurons with more than 65536 synapses");
        const auto block =
            std::partition_point(store.blocks.begin(), store.blocks.end(),
                                 [&](const SynapseBlock& b) { return b.target_end <= target; });
        edit.coming[static_cast<std::size_t>(block - store.blocks.begin())].push_back(
            {source, target, static_cast<std::uint16_t>(copy), store.next_id + static_cast<std::int64_t>(k)});
    }
}

// First values of new synapses: what is given, and what the network says of the rest, which may follow from that.
void SynapseGroup::start_added(const Segments& added, std::int64_t step, const GivenValues& given,
                               std::int64_t first_id) {
    const auto each = [&](const auto& function) {  // of block, position and number in the call
        for (std::size_t b = 0; b < store.blocks.size(); ++b)
            for (const bn_segment& part : added.block(b))
                for (std::int64_t p = part.begin; p < part.end; ++p)
                    function(
                        b, p,
                        static_cast<std::size_t>(store.blocks[b].id[static_cast<std::size_t>(p)] - first_id));
    };
    set_last_update(added, step);
    for (const GivenValues::One& of : given.variables()) {
        each([&](std::size_t b, std::int64_t p, std::size_t k) {
            store.blocks[b].arrays[of.number].set(p, of.value(k));
        });
        if (first_non_finite(of.number, &added))
            throw base::Error("'" + store.variables[of.number].name.to_string() + "' of new synapses of '" +
                                  plan.name + "': a value is too great for numbers of 32 bits",
                              2);
    }
    for (const auto& initialiser : plan.initialisers)
        if (!given.has_variable(initialiser.variable)) run_initialiser(initialiser, &added);
    for (const auto& range : plan.ranges) check_range(range, &added);
    std::vector<std::size_t> known;
    for (const GivenValues::One& of : given.delays()) {
        known.push_back(of.number);
        state::Delay& delay = store.delays[of.number];
        each([&](std::size_t b, std::int64_t p, std::size_t k) {
            const auto steps = static_cast<std::uint16_t>(std::floor(of.value(k) / dt() + 0.5));
            store.blocks[b].delay_steps[of.number][static_cast<std::size_t>(p)] = steps;
            delay.max_steps = std::max<std::int64_t>(delay.max_steps, steps);
        });
    }
    evaluate_delays(&added, known);
}

// After the first edit was refused: rows lie as they did, and synapses have no ids.
void SynapseGroup::forget_edits() {
    store.keeps_id = false;
    for (SynapseBlock& block : store.blocks) {
        block.id = state::Column<std::int64_t>();
        store.close_gaps(block);
    }
    build_indices();
    all_.clear();
}

std::vector<std::int64_t> SynapseGroup::add(const Clock& clock, const NewSynapses& wanted) {
    if (wanted.sources.size() != wanted.targets.size())
        throw base::Error("new synapses of '" + plan.name + "': " + std::to_string(wanted.sources.size()) +
                              " sources, but " + std::to_string(wanted.targets.size()) + " targets",
                          2);
    const GivenValues given(*this, wanted);
    check_room(store.size() + std::ssize(wanted.sources));
    SynapseEdit edit(store.blocks.size());
    const bool had_ids = store.keeps_id;
    const std::int64_t first_id = had_ids ? store.next_id : store.size();
    store.next_id = first_id;
    place_new(wanted, edit);
    std::vector<std::int64_t> ids(wanted.sources.size());
    std::iota(ids.begin(), ids.end(), first_id);
    if (ids.empty()) return ids;
    const bool told_ids = store.has_ids;
    store.number();
    flush(clock.step);
    try {
        apply(edit, [&](const Segments& added) { start_added(added, clock.step, given, first_id); });
    } catch (...) {
        store.has_ids = told_ids;
        if (!had_ids) forget_edits();
        throw;
    }
    store.next_id = first_id + std::ssize(ids);
    lengthen_ring(clock.step);
    keep_history(true);
    return ids;
}

void SynapseGroup::remove(std::span<const std::int64_t> ids) {
    const std::int64_t end = store.keeps_id ? store.next_id : store.size();
    std::vector<std::uint64_t> wanted(static_cast<std::size_t>(end) / 64 + 1, 0);
    const auto is_wanted = [bits = wanted.data()](std::int64_t id) {
        return (bits[id >> 6] >> (id & 63)) & 1U;
    };
    const auto flip = [&](std::int64_t id) {
        wanted[static_cast<std::size_t>(id) >> 6] ^= std::uint64_t{1} << (id & 63);
    };
    const auto refuse = [&](std::int64_t id, const std::string& what) {
        throw base::Error("synapse " + std::to_string(id) + " of '" + plan.name + "' " + what, 2);
    };
    for (const std::int64_t id : ids) {
        if (id < 0 || id >= end) refuse(id, "does not exist");
        if (is_wanted(id) != 0) refuse(id, "stands twice among those to be removed");
        flip(id);
    }
    if (ids.empty()) return;
    if (!store.keeps_id) store.number();
    SynapseEdit edit(store.blocks.size());
    base::run_tasks(context_.clock.pool, store.blocks.size(), [&](std::size_t b, std::size_t) {
        const SynapseBlock& block = store.blocks[b];
        const std::int64_t* id = block.id.data();
        for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(store.sources); ++i)
            for (std::int64_t p = block.row_begin[i], last = block.end_of(i); p < last; ++p)
                if (is_wanted(id[p]) != 0) edit.leaving[b].push_back({i, p});
    });
    std::size_t found = 0;
    for (const auto& leaving : edit.leaving) found += leaving.size();
    if (found < ids.size()) {
        for (std::size_t b = 0; b < edit.leaving.size(); ++b)
            for (const state::Leaving& leaving : edit.leaving[b])
                flip(store.blocks[b].id[static_cast<std::size_t>(leaving.position)]);
        for (const std::int64_t id : ids)
            if (is_wanted(id) != 0) refuse(id, "does not exist any more");
    }
    store.has_ids = true;
    apply(edit, {});
}

}  // namespace bouton::sim
