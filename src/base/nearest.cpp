// SPDX-License-Identifier: BSD-3-Clause
// "Did you mean": the nearest candidate by Damerau-Levenshtein distance (optimal string alignment), where a
// wrong case costs half of a wrong letter.
#include "base/diagnostics.hpp"

#include <algorithm>

namespace bouton::base {
namespace {

constexpr std::size_t kLongestName = 64;  // longer names get no suggestion
constexpr int kEdit = 2;
constexpr int kCase = 1;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int substitution(char a, char b) { return a == b ? 0 : lower(a) == lower(b) ? kCase : kEdit; }

/// The distance, or something not below `enough` if it is not below `enough`.
int distance(std::string_view a, std::string_view b, int enough) {
    // Three rows of the usual table: the one being filled and the two before it.
    std::vector<int> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j) * kEdit;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i) * kEdit;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min(
                {last[j] + kEdit, row[j - 1] + kEdit, last[j - 1] + substitution(a[i - 1], b[j - 1])});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + kEdit);
        }
        // Neither of two neighbouring rows is below: no way leads below any more.
        if (std::min(*std::min_element(row.begin(), row.end()),
                     *std::min_element(last.begin(), last.end())) >= enough)
            return enough;
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
    return Suggestions().nearest(name, candidates);
}

std::string Suggestions::nearest(std::string_view name, const std::vector<std::string>& candidates) {
    if (name.empty() || name.size() > kLongestName) return {};
    // One edit for names of two to four letters, two from five, three from eight; of one letter only the case.
    const int edits = std::min(3, static_cast<int>(name.size() + 1) / 3);
    int best = edits == 0 ? kCase + 1 : edits * kEdit + 1;
    const std::string* found = nullptr;
    for (const auto& candidate : candidates) {
        if (compared_ >= kMostCompared) break;
        ++compared_;
        const auto longer = std::max(name.size(), candidate.size());
        const auto shorter = std::min(name.size(), candidate.size());
        if (candidate == name || static_cast<int>(longer - shorter) * kEdit >= best) continue;
        const int cost = distance(name, candidate, best);
        if (cost < best) {
            best = cost;
            found = &candidate;
        }
    }
    return found ? *found : std::string();
}

std::string Suggestions::nearest(std::string_view name, const Names& candidates) {
    if (compared_ >= kMostCompared || name.empty() || name.size() > kLongestName) return {};
    return nearest(name, candidates());
}

}  // namespace bouton::base
