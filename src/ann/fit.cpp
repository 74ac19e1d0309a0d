// SPDX-License-Identifier: BSD-3-Clause
#include "ann/fit.hpp"

#include "base/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bouton::ann {

void refuse_data(const std::string& what, const std::string& hint) {
    base::Diagnostics diagnostics;
    diagnostics.error(base::Code::E706, {}, what, hint);
    throw base::DiagnosticError(std::move(diagnostics));
}

void check_inputs(const Network& network, const Dataset& data) {
    if (network.spec.inputs == data.features()) return;
    refuse_data(fmt::format("an example of {} has {} x {} = {} values, but the network takes {}", data.name,
                            data.height, data.width, data.features(), network.spec.inputs),
                "use a network on the kind of data it was made for");
}

void check_labels(const Dataset& data, std::size_t classes) {
    const auto wrong = std::find_if(data.labels.begin(), data.labels.end(),
                                    [classes](std::uint8_t label) { return label >= classes; });
    if (wrong == data.labels.end()) return;
    refuse_data(fmt::format("{}: example {} is labelled {}, but there are {} classes, from 0 on", data.name,
                            wrong - data.labels.begin(), int{*wrong}, classes),
                "the network's last layer needs as many units as there are classes");
}

}  // namespace bouton::ann
