// SPDX-License-Identifier: BSD-3-Clause
// Names of what kernels work on: of arrays, of stored variables, of uniform numbers. A name is either the user's word or a role
// that the engine gives to memory of its own. The two differ in type, not in spelling, so that no word of the user's is ever
// taken for the engine's; a text becomes a name only through the factories below.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bouton::codegen {

enum class Role : std::uint8_t {
    none,      ///< of a name that has not been given
    user,      ///< a variable, by the user's word (in a chain the word may follow that of its link and a dot)
    constant,  ///< a uniform number that the user gave, by its place and word: "cells.tau"
    // Of neurons.
    active,            ///< u8: the neuron is not refractory
    lastspike,         ///< i64: the step of the last spike
    spikes,            ///< u32: the list of the neurons that spike
    rate_too_high,     ///< u8: a Poisson neuron is asked for more than a spike a step
    refractory_steps,  ///< how long neurons are refractory
    // Of synapses.
    multiplicity,     ///< u16: the number of the synapse among those of its pair
    dendritic_steps,  ///< u16 per synapse, or a uniform number: the dendritic delay
    updated_at,  ///< the step to which the variables of a synapse have been brought, counted from `counted_from`
    source_updated_at,  ///< the same of the variables that are kept per source
    counted_from,       ///< a step; it moves on before 31 bits could not count the steps since
    processed_until,    ///< by source: what says until when its synapses have met postsynaptic events
    trace_at_origin,    ///< by source: what the trace `word` would have been at `origin`
    origin,             ///< the step from which those that wait are counted
    kept_local,  ///< the local `word` between the passes that set and read it; `number` tells uses apart
    sum,         ///< sum_pre or sum_post number `number` of the network
    // Of exact integration.
    propagator,   ///< an entry of P or Q
    coefficient,  ///< scratch: the entry of A at `row`, `column`
    // Scratch.
    out,          ///< the result of an evaluation
    ring,         ///< input that arrives after a dendritic delay, by step and target
    due,          ///< the row of `ring` that arrives now
    event_field,  ///< number `number` of what a postsynaptic event keeps
    // Uniform numbers.
    ring_rows,
    ring_stride,
    fall,  ///< of the variable `word` that is stored relative to an epoch: the factor of reading
    rise,  ///< the factor of adding
    rate,  ///< a in x' = a x of the trace `word`, 1/s
};

/// The sets of equations that a group integrates exactly.
enum class System : std::uint8_t {
    neurons,
    sources,  ///< traces kept per source
    targets,  ///< traces kept per target
    events,   ///< event-driven, per synapse
    clock,    ///< clock-driven, per synapse
};

/// An entry of P, or of Q, of a set of equations x' = A x + b whose step is x <- P x + Q b.
struct MatrixEntry {
    System of = System::neurons;
    bool of_q = false;
    bool frozen = false;  ///< of the version in which some variables stand still (refractory)
    int row = 0;
    int column = 0;
    int power = -1;  ///< of the matrix of 2^power steps; -1: of one step

    bool operator==(const MatrixEntry&) const = default;
};

class Name {
public:
    Name() = default;
    static Name user(std::string word);
    static Name constant(std::string word);
    /// A role that needs no word.
    static Name of(Role role, int number = 0);
    /// A role that goes with a variable or local of the user's.
    static Name with(Role role, std::string word, int number = 0);
    static Name propagator(const MatrixEntry& entry);
    static Name coefficient(int row, int column);
    /// The same of a neuron group, where a kernel sees uniform numbers of several groups.
    Name in(const std::string& group) const;

    Role role() const { return role_; }
    bool is_user() const { return role_ == Role::user; }
    const std::string& word() const { return word_; }
    int number() const { return entry_.row; }

    bool operator==(const Name&) const = default;
    /// To be read: the user's word, or '@' and what the engine calls it.
    std::string to_string() const;

private:
    explicit Name(Role role, std::string word, const MatrixEntry& entry)
        : role_(role), entry_(entry), word_(std::move(word)) {}

    Role role_ = Role::none;
    MatrixEntry entry_;  ///< all that is counted; other roles have their number in `row`
    std::string word_;
    std::string group_;
};

}  // namespace bouton::codegen
