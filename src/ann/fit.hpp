// SPDX-License-Identifier: BSD-3-Clause
// Whether data can be put into a network and compared with what comes out.
#pragma once

#include "ann/dataset.hpp"
#include "ann/network.hpp"

#include <string>

namespace bouton::ann {

/// Throws base::DiagnosticError (status 2) with code E706.
[[noreturn]] void refuse_data(const std::string& what, const std::string& hint);

/// Refuses data whose examples are not the network's inputs.
void check_inputs(const Network& network, const Dataset& data);

/// Refuses labels that are not below `classes`.
void check_labels(const Dataset& data, std::size_t classes);

}  // namespace bouton::ann
