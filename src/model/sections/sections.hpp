// SPDX-License-Identifier: BSD-3-Clause
// The sections of a network file, one reader each. All report their mistakes. They return what analysis can check all the
// same, so that mistakes in equations are told together with those of other keys: nothing only where the texts themselves or
// the groups that they are about are missing.
#pragma once

#include "document/fields.hpp"
#include "model/sections/groups.hpp"
#include "model/spec.hpp"

#include <optional>

namespace bouton::model {

void read_simulation(const document::Context& context, const document::Entry* section, NetworkSpec& network);

std::optional<NeuronSpec> read_neurons(const document::Context& context, const document::Entry& group,
                                       double dt);
std::optional<InputSpec> read_input(const document::Context& context, const document::Entry& input,
                                    const Groups& groups);
std::optional<SignalSpec> read_signal(const document::Context& context, const document::Entry& signal);
std::optional<SynapseSpec> read_synapses(const document::Context& context, const document::Entry& group,
                                         const Groups& groups, double dt);
std::optional<RegularSpec> read_regular(const document::Context& context, const document::Node& item,
                                        const Groups& groups, double dt);
std::optional<RecordSpec> read_record(const document::Context& context, const document::Node& item,
                                      const Groups& groups, double dt);

/// Two records of one group may share a name only if they fill it together: other variables, the same times.
void check_record_names(const document::Context& context, const std::vector<const RecordSpec*>& records);

/// `times`, `indices`, `file` of [neurons.NAME] with model = "spike_times".
std::optional<SpikeTimes> read_spike_times(const document::Context& context, document::Fields& fields,
                                           std::int64_t size, double dt);

/// `connect = { ... }`.
std::optional<ConnectSpec> read_connect(const document::Context& context, const document::Node& node,
                                        const std::optional<GroupRef>& from,
                                        const std::optional<GroupRef>& to);

/// A span over the first bytes of a text, to point at what has no place of its own.
inline base::Span first_place(const base::Span& span) { return {span.source, span.begin, span.begin}; }

}  // namespace bouton::model
