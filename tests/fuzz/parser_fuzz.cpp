// SPDX-License-Identifier: BSD-3-Clause
// Any bytes through every entry point of the parser: nothing crashes or hangs, a failure is always reported,
// and what was read prints to text that reads back the same.
#include "base/memory.hpp"
#include "lang/parser.hpp"
#include "lang/printer.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace bouton;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_expression(const base::SourcePtr& source) {
    base::Diagnostics diagnostics;
    const auto expr = lang::parse_expression(source, diagnostics);
    require((expr == nullptr) == diagnostics.has_errors());
    diagnostics.render();
    if (!expr) return;
    base::Diagnostics none;
    const auto again = lang::parse_expression(base::make_source("printed", lang::to_string(*expr)), none);
    require(again && lang::equal(*expr, *again));
}

template <class Parse>
void check_lines(const base::SourcePtr& source, Parse parse) {
    const auto print = [](const auto& items) {
        std::string text;
        for (const auto& item : items) text += lang::to_string(item) + '\n';
        return text;
    };
    base::Diagnostics diagnostics;
    const auto items = parse(source, diagnostics);
    diagnostics.render();
    const std::string text = print(items);
    base::Diagnostics again;
    require(print(parse(base::make_source("printed", text), again)) == text);
    require(diagnostics.has_errors() || !again.has_errors());
}

void check_quantity(const base::SourcePtr& source) {
    base::Diagnostics diagnostics;
    const auto quantity = lang::parse_quantity(source, diagnostics);
    require(quantity.has_value() != diagnostics.has_errors());
    diagnostics.render();
    if (quantity) quantity->dimension.to_string();
}

// The size that --memory takes.
void check_bytes(const std::string& text) {
    if (const auto bytes = base::read_bytes(text)) require(*bytes >= 1.0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto source = base::make_source("input", std::string(reinterpret_cast<const char*>(data), size));
    check_expression(source);
    check_lines(source, lang::parse_statements);
    check_lines(source, lang::parse_equations);
    check_quantity(source);
    check_bytes(source->text);
    return 0;
}
