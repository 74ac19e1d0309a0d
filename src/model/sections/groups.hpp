// SPDX-License-Identifier: BSD-3-Clause
// The names and sizes of all groups, known before anything refers to them, and slices such as cells[0:3200].
#pragma once

#include "document/context.hpp"
#include "document/tree.hpp"
#include "model/spec.hpp"

#include <map>
#include <optional>
#include <set>

namespace bouton::model {

class Groups {
public:
    struct Neurons {
        std::string name;
        std::int64_t size = 0;  ///< 0: the file gives none that can be read, which is reported elsewhere
    };

    void add_neurons(std::string name, std::int64_t size);
    void add_synapses(std::string name);

    const Neurons* find_neurons(std::string_view name) const;
    bool has_synapses(std::string_view name) const;
    std::vector<std::string> neuron_names() const;
    std::vector<std::string> all_names() const;

private:
    std::vector<Neurons> neurons_;
    std::vector<std::string> synapses_;
    std::map<std::string, std::size_t, std::less<>> neurons_by_name_;
    std::set<std::string, std::less<>> synapse_names_;
};

/// Reads names and sizes from [neurons.*] and [synapses.*]; refuses malformed and repeated names.
Groups collect_groups(const document::Context& context, const document::Table& document);

/// "cells", "cells[0:3200]", "cells[:10]", "cells[5:]". Mistakes are reported: where the group does not exist there is
/// nothing, where only the slice or the group's size is wrong the range is empty.
std::optional<GroupRef> read_group(const document::Context& context, const document::Node& node,
                                   std::string_view key, const Groups& groups);

/// The whole group of a name, without slice: a neuron group, or where `synapses` is set also a synapse group.
std::optional<std::string> read_whole_group(const document::Context& context, const document::Node& node,
                                            std::string_view key, const Groups& groups, bool synapses);

}  // namespace bouton::model
