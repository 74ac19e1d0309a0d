// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bouton/network.hpp"
#include "session/network.hpp"

namespace bouton {

struct Network::State {
    session::NetworkSource source;
    session::CheckedNetwork checked;
};

}  // namespace bouton
