// SPDX-License-Identifier: BSD-3-Clause
// The sections of a network file, one reader each. All report their mistakes. They return what analysis can check all the
// same, so that mistakes in equations are told together with those of other keys: nothing only where the texts themselves or
// the groups that they are about are missing.
#pragma once

#include "analysis/spec.hpp"
#include "network/load/fields.hpp"
#include "network/load/groups.hpp"

#include <optional>

namespace bouton::network {

void read_simulation(const Context& context, const Entry* section, analysis::NetworkSpec& network);

std::optional<analysis::NeuronSpec> read_neurons(const Context& context, const Entry& group, double dt);
std::optional<analysis::InputSpec> read_input(const Context& context, const Entry& input,
                                              const Groups& groups);
std::optional<analysis::SignalSpec> read_signal(const Context& context, const Entry& signal);
std::optional<analysis::SynapseSpec> read_synapses(const Context& context, const Entry& group,
                                                   const Groups& groups, double dt);
std::optional<analysis::RegularSpec> read_regular(const Context& context, const Node& item,
                                                  const Groups& groups, double dt);
std::optional<analysis::RecordSpec> read_record(const Context& context, const Node& item,
                                                const Groups& groups, double dt);

/// Two records of one group may share a name only if they fill it together: other variables, the same times.
void check_record_names(const Context& context, const std::vector<const analysis::RecordSpec*>& records);

/// `times`, `indices`, `file` of [neurons.NAME] with model = "spike_times".
std::optional<analysis::SpikeTimes> read_spike_times(const Context& context, Fields& fields,
                                                     std::int64_t size, double dt);

/// `connect = { ... }`.
std::optional<analysis::ConnectSpec> read_connect(const Context& context, const Node& node,
                                                  const std::optional<analysis::GroupRef>& from,
                                                  const std::optional<analysis::GroupRef>& to);

/// A span over the first bytes of a text, to point at what has no place of its own.
inline base::Span first_place(const base::Span& span) { return {span.source, span.begin, span.begin}; }

}  // namespace bouton::network
