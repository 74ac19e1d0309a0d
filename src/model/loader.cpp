// SPDX-License-Identifier: BSD-3-Clause
// The way through a network file: text to tree, changes by option, then section after section.
#include "model/loader.hpp"

#include "document/files.hpp"
#include "document/given_arrays.hpp"
#include "document/set_option.hpp"
#include "document/toml_reader.hpp"
#include "document/toml_writer.hpp"
#include "model/sections/sections.hpp"

#include <set>

namespace bouton::model {
namespace {

using base::Code;
using document::Array;
using document::Context;
using document::Entry;
using document::Fields;
using document::Node;
using document::Table;

/// Calls `read(entry)` for each table below [section.NAME], whose names must be identifiers.
template <class Read>
void each_named(const Context& context, const Node* section, const std::string& key, Read read) {
    const Table* table = section ? document::as_table(context, *section, key, "[" + key + ".NAME]") : nullptr;
    if (!table) return;
    for (const Entry& entry : *table) {
        if (!document::is_identifier(entry.key))
            context.error(Code::E308, entry.key_span, document::in_quotes(entry.key) + " is not a name",
                          "letters, digits and _, not beginning with a digit");
        read(entry);
    }
}

/// Calls `read(item)` for each [[section]].
template <class Read>
void each_item(const Context& context, const Node* section, const std::string& key, Read read) {
    const Array* array = section ? document::as_array(context, *section, key, "[[" + key + "]]") : nullptr;
    if (!array) return;
    for (const Node& item : *array) read(item);
}

/// Whether there was something to keep.
template <class Spec>
bool keep(std::vector<Spec>& list, std::optional<Spec> spec) {
    if (spec) list.push_back(std::move(*spec));
    return spec.has_value();
}

/// What remains after mistakes names no group that is not there.
void drop_what_lost_its_group(NetworkSpec& network) {
    std::set<std::string> neurons, synapses;
    for (const auto& group : network.neurons) neurons.insert(group.name);
    std::erase_if(network.synapses, [&](const SynapseSpec& group) {
        return !neurons.contains(group.from.group) || !neurons.contains(group.to.group);
    });
    for (const auto& group : network.synapses) synapses.insert(group.name);
    const auto is_gone = [&](const std::string& group) {
        return !neurons.contains(group) && !synapses.contains(group);
    };
    std::erase_if(network.inputs, [&](const auto& input) { return is_gone(input.to.group); });
    std::erase_if(network.regular, [&](const auto& regular) { return is_gone(regular.of); });
    std::erase_if(network.records, [&](const auto& record) { return is_gone(record.of); });
}

/// Of the records without a mistake: which would share a name.
void read_records(const Context& context, const Node* section, const Groups& groups, NetworkSpec& network) {
    std::vector<std::size_t> sound;
    each_item(context, section, "record", [&](const Node& item) {
        const auto errors = context.diagnostics.error_count();
        const bool kept = keep(network.records, read_record(context, item, groups, network.dt));
        if (kept && context.diagnostics.error_count() == errors) sound.push_back(network.records.size() - 1);
    });
    std::vector<const RecordSpec*> records;
    for (const std::size_t k : sound) records.push_back(&network.records[k]);
    check_record_names(context, records);
}

void read_network(const Context& context, const Table& document, const base::Span& start,
                  NetworkSpec& network) {
    Fields root(context, document, start, "the network file");
    root.need("simulation", "[simulation]");
    read_simulation(context, document::find_entry(document, "simulation"), network);
    const double dt = network.dt;
    const Groups groups = collect_groups(context, document);
    bool lost = false;

    const Node* neurons = root.need("neurons", "[neurons.cells]");
    each_named(context, neurons, "neurons",
               [&](const Entry& e) { keep(network.neurons, read_neurons(context, e, dt)); });
    if (const auto* table = neurons ? std::get_if<Table>(&neurons->value) : nullptr; table && table->empty())
        context.error(Code::E304, root.key_span("neurons"), "the network has no neurons",
                      "such as [neurons.cells]");
    each_named(context, root.find("input"), "input",
               [&](const Entry& e) { lost |= !keep(network.inputs, read_input(context, e, groups)); });
    each_named(context, root.find("signal"), "signal", [&](const Entry& e) {
        if (keep(network.signals, read_signal(context, e))) return;
        network.signals.emplace_back();
        network.signals.back().name = e.key;
        network.signals.back().columns = 0;
    });
    each_named(context, root.find("synapses"), "synapses",
               [&](const Entry& e) { keep(network.synapses, read_synapses(context, e, groups, dt)); });
    each_item(context, root.find("run_regularly"), "run_regularly",
              [&](const Node& n) { lost |= !keep(network.regular, read_regular(context, n, groups, dt)); });
    read_records(context, root.find("record"), groups, network);
    lost |= !root.finish();
    network.lost_texts = lost;
    if (context.diagnostics.has_errors()) drop_what_lost_its_group(network);
}

}  // namespace

NetworkSpec load_text(std::string name, std::string toml, const LoadOptions& options,
                      base::Diagnostics& diagnostics) {
    NetworkSpec network;
    network.file = name;
    // Where the file as a whole is meant, its beginning is pointed at.
    const auto whole = base::make_source(name, toml);
    auto document = document::read_toml(std::move(name), std::move(toml), diagnostics);
    if (!document) return network;
    document::place_given_arrays(*document, options.arrays, diagnostics);
    for (const auto& argument : options.sets) document::apply_set(*document, argument, diagnostics);
    if (options.seed) document::apply_seed(*document, *options.seed, diagnostics);
    network.resolved = document::write_toml(*document);
    read_network({diagnostics, options.base_directory, options.opened}, *document, {whole, 0, 0}, network);
    return network;
}

NetworkSpec load_file(const std::filesystem::path& path, const LoadOptions& options,
                      base::Diagnostics& diagnostics) {
    std::string problem;
    auto text = document::read_file(path, problem, options.opened);
    if (!text) {
        const auto source = base::make_source(path.string(), "");
        diagnostics.error(Code::E301, {source, 0, 0}, "cannot read the network file: " + problem);
        NetworkSpec network;
        network.file = path.string();
        return network;
    }
    LoadOptions beside = options;
    beside.base_directory = path.parent_path();
    return load_text(path.string(), std::move(*text), beside, diagnostics);
}

}  // namespace bouton::model
