// SPDX-License-Identifier: BSD-3-Clause
#include "api/network_state.hpp"
#include "api/translate.hpp"
#include "base/diagnostics.hpp"

#include <limits>
#include <utility>

namespace bouton {
namespace {

std::unique_ptr<Network::State> checked(session::NetworkSource source, const NetworkOptions& options) {
    return api::translated([&] {
        constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (options.seed && *options.seed > kMost) throw base::Error("seed: must be below 2^63", 2);
        source.sets = options.changes;
        source.seed = options.seed;
        auto state = std::make_unique<Network::State>();
        state->checked = session::check_network(source, options.warn);
        state->source = std::move(source);
        return state;
    });
}

}  // namespace

Network::Network(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Network Network::from_file(const std::filesystem::path& file, const NetworkOptions& options) {
    session::NetworkSource source;
    source.file = file.string();
    return Network(checked(std::move(source), options));
}

Network Network::from_text(const std::string& text, const NetworkOptions& options,
                           const std::filesystem::path& folder, const std::string& name) {
    session::NetworkSource source;
    source.file = name;
    source.text = text;
    source.base_folder = folder;
    return Network(checked(std::move(source), options));
}

double Network::dt() const noexcept { return state_->checked.spec.dt; }
double Network::duration() const noexcept { return state_->checked.spec.duration; }
std::uint64_t Network::seed() const noexcept { return state_->checked.spec.seed; }
const std::string& Network::text() const noexcept { return state_->checked.spec.resolved; }

}  // namespace bouton
