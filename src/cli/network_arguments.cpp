// SPDX-License-Identifier: BSD-3-Clause
#include "cli/network_arguments.hpp"

#include "base/memory.hpp"

#include <fmt/format.h>

#include <charconv>

namespace bouton::cli {
namespace {

template <class Number>
std::optional<Number> read_whole_number(const std::string& text, Number least, Number most) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || number < least || number > most) return std::nullopt;
    return number;
}

}  // namespace

template <class Number>
CLI::Option* add_whole_number(CLI::App& command, const std::string& name, std::optional<Number>& value,
                              Number least, Number most, const std::string& help) {
    const auto valid = [=](const std::string& text) {
        if (read_whole_number(text, least, most)) return std::string();
        return fmt::format("a whole number from {} to {} is needed, not '{}'", least, most, text);
    };
    return command
        .add_option_function<std::string>(
            name,
            [&value, least, most](const std::string& text) { value = read_whole_number(text, least, most); },
            help)
        ->check(CLI::Validator(valid, ""))
        ->type_name("N");
}

template CLI::Option* add_whole_number(CLI::App&, const std::string&, std::optional<std::uint64_t>&,
                                       std::uint64_t, std::uint64_t, const std::string&);
template CLI::Option* add_whole_number(CLI::App&, const std::string&, std::optional<int>&, int, int,
                                       const std::string&);

void add_memory(CLI::App& command, std::optional<double>& memory, const std::string& help) {
    const auto valid = [](const std::string& text) {
        if (base::read_bytes(text)) return std::string();
        return fmt::format("a size such as 8GB, 500MB or 1.5GiB is needed, not '{}'", text);
    };
    command
        .add_option_function<std::string>(
            "--memory", [&memory](const std::string& text) { memory = base::read_bytes(text); }, help)
        ->check(CLI::Validator(valid, ""))
        ->type_name("SIZE");
}

CLI::Option* add_output(CLI::App& command, const std::string& name, std::string& value,
                        const std::string& help) {
    const auto named = [](const std::string& text) {
        return text.empty() ? std::string("a file name is needed, not an empty text") : std::string();
    };
    return command.add_option(name, value, help)->check(CLI::Validator(named, ""));
}

void add_network_arguments(CLI::App& command, NetworkSource& network) {
    command.add_option("NET.toml", network.file, "The network file")->required()->type_name("");
    command
        .add_option("--set", network.sets,
                    "Set one value of the network file, e.g. neurons.cells.size=100; may be repeated, the "
                    "last one wins")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    constexpr std::uint64_t kLargestSeed = (std::uint64_t{1} << 63) - 1;
    add_whole_number<std::uint64_t>(command, "--seed", network.seed, 0, kLargestSeed,
                                    "The seed of all random numbers, instead of the network file's");
}

}  // namespace bouton::cli
