// SPDX-License-Identifier: BSD-3-Clause
#include "document/given_arrays.hpp"

namespace bouton::document {
namespace {

constexpr const char* kKey = "array in memory";  // no identifier, so that no name of a user's is meant

class Placer {
public:
    Placer(const std::vector<GivenArray>& arrays, base::Diagnostics& diagnostics)
        : arrays_(arrays), diagnostics_(diagnostics) {}

    void visit(Node& node) {
        if (auto* items = std::get_if<Array>(&node.value)) {
            for (Node& item : *items) visit(item);
        } else if (auto* table = std::get_if<Table>(&node.value)) {
            if (const Entry* entry = find_entry(*table, kKey))
                place(node, entry->node);
            else
                for (Entry& inner : *table) visit(inner.node);
        }
    }

private:
    void place(Node& node, const Node& number) {
        const auto* k = std::get_if<std::int64_t>(&number.value);
        if (k == nullptr || *k < 0 || static_cast<std::size_t>(*k) >= arrays_.size()) {
            diagnostics_.error(base::Code::E304, node.span,
                               "this array was given in memory, and it is not there any more",
                               "give it again, or a file = \"x.csv\" in its place");
            node.value = Array();
            return;
        }
        const auto index = static_cast<std::size_t>(*k);
        node.value = Numbers{arrays_[index], index};
    }

    const std::vector<GivenArray>& arrays_;
    base::Diagnostics& diagnostics_;
};

}  // namespace

void place_given_arrays(Table& document, const std::vector<GivenArray>& arrays,
                        base::Diagnostics& diagnostics) {
    Placer placer(arrays, diagnostics);
    for (Entry& entry : document) placer.visit(entry.node);
}

std::string given_array_text(const Numbers& numbers) {
    return std::string("{ \"") + kKey + "\" = " + std::to_string(numbers.number) + " }";
}

}  // namespace bouton::document
