// SPDX-License-Identifier: BSD-3-Clause
// The collection of diagnostics: counting, sorting, dropping what is said twice.
#include "base/diagnostics.hpp"

#include <algorithm>
#include <tuple>

namespace bouton::base {
namespace {

constexpr std::size_t kMostShown = 100;  // beyond this, only their number is told

std::string_view file_name(const Diagnostic& d) {
    return d.span.source ? std::string_view(d.span.source->file->name) : std::string_view();
}

std::uint32_t file_begin(const Diagnostic& d) {
    return d.span.source ? d.span.source->file_offset(d.span.begin) : 0;
}

auto sort_key(const Diagnostic& d) { return std::tuple(file_name(d), file_begin(d)); }

bool says_the_same(const Diagnostic& a, const Diagnostic& b) {
    return sort_key(a) == sort_key(b) && a.code == b.code && a.severity == b.severity &&
           a.message == b.message;
}

}  // namespace

void Diagnostics::error(Code code, Span span, std::string message, std::string hint) {
    if (++errors_ > kMostKept) return;
    list_.push_back({code, Severity::error, std::move(span), std::move(message), std::move(hint)});
}

void Diagnostics::warning(Code code, Span span, std::string message, std::string hint) {
    if (++warnings_ > kMostKept) return;
    list_.push_back({code, Severity::warning, std::move(span), std::move(message), std::move(hint)});
}

void Diagnostics::used_at(std::size_t first, std::string_view file, const Span& place) {
    for (std::size_t k = first; k < list_.size(); ++k)
        if (file_name(list_[k]) == file) list_[k].used = place;
}

std::string Diagnostics::render() const {
    std::vector<const Diagnostic*> sorted;
    sorted.reserve(list_.size());
    for (const auto& diagnostic : list_) sorted.push_back(&diagnostic);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto* a, const auto* b) { return sort_key(*a) < sort_key(*b); });

    std::string text;
    std::size_t shown = 0;
    std::size_t left = errors_ + warnings_ - list_.size();
    for (std::size_t k = 0; k < sorted.size(); ++k) {
        // Equal ones share a place, so they stand together; look back over that place.
        bool repeated = false;
        for (std::size_t j = k; j-- > 0 && !repeated && sort_key(*sorted[j]) == sort_key(*sorted[k]);)
            repeated = says_the_same(*sorted[j], *sorted[k]);
        if (repeated) continue;
        if (shown == kMostShown) {
            ++left;
            continue;
        }
        text += bouton::base::render(*sorted[k]);
        ++shown;
    }
    if (left > 0) text += "and " + std::to_string(left) + " more\n";
    return text;
}

}  // namespace bouton::base
