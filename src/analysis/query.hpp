// SPDX-License-Identifier: BSD-3-Clause
// An expression that somebody asks of a group while the network is at work: it stands in no text of the network, and changes
// nothing of what the network is.
#pragma once

#include "analysis/resolve.hpp"

#include <string>
#include <vector>

namespace bouton::analysis {

struct Query {
    std::string of;  ///< a neuron or synapse group
    bool of_synapses = false;
    std::string
        link;  ///< of a chain: the link whose names it means where several links have one; empty: none
    lang::ExprPtr expr;
    bool gathers =
        false;  ///< a condition on the whole group, with sum, mean, min, max and count over its elements
};

enum class Gathering { sum, mean, min, max };

struct CheckedQuery {
    /// One value per element; or, if it gathers, one condition: its terms of the kind `reduction` are the results, by `draw`, of
    struct Gathered {
        Gathering how = Gathering::sum;
        TermPtr of;  ///< a value per element
    };
    TermPtr term;  ///< null after a mistake
    std::vector<Gathered> gathered;
};

/// `scope`: that of the group's texts.
CheckedQuery check_query(const Query& query, Scope scope, base::Diagnostics& diagnostics);

}  // namespace bouton::analysis
