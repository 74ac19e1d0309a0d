// SPDX-License-Identifier: BSD-3-Clause
// Looking a name up that the caller gave.
#pragma once

#include "base/diagnostics.hpp"
#include "sim/record/writing.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace bouton::api {

/// "`missing` 'NAME'; did you mean 'OTHER'?", or which names there are.
template <class Entry, class NameOf>
std::string unknown(const std::vector<Entry>& entries, std::string_view name, const std::string& missing,
                    const NameOf& name_of) {
    std::vector<std::string> names;
    for (const Entry& entry : entries) names.push_back(name_of(entry));
    std::string all;
    for (const std::string& known : names) all += (all.empty() ? "" : ", ") + known;
    const std::string near = base::nearest(name, names);
    return missing + " '" + base::escape(name) + "'; " +
           (near.empty() ? "there is " + (all.empty() ? "none" : all) : "did you mean '" + near + "'?");
}

/// The entry whose name that is. Throws sim::UnknownName.
template <class Entry, class NameOf>
const Entry& find_named(const std::vector<Entry>& entries, std::string_view name, const std::string& missing,
                        const NameOf& name_of) {
    for (const Entry& entry : entries)
        if (name_of(entry) == name) return entry;
    throw sim::UnknownName(unknown(entries, name, missing, name_of));
}

}  // namespace bouton::api
