// SPDX-License-Identifier: BSD-3-Clause
// The passes of analysis over a whole network, one line each.
#include "analysis/check.hpp"

#include <initializer_list>

namespace bouton::analysis {

using base::Code;
using model::ModelText;
using model::NetworkSpec;
using model::PrecisionChoice;
using model::RecordKind;
using model::RecordSpec;
using model::SynapseSpec;

SpecIndex::SpecIndex(const NetworkSpec& spec) {
    for (std::size_t k = 0; k < spec.neurons.size(); ++k) neurons[spec.neurons[k].name] = k;
    for (std::size_t k = 0; k < spec.synapses.size(); ++k) synapses[spec.synapses[k].name] = k;
    for (const auto& signal : spec.signals) signals.emplace(signal.name, &signal);
    for (std::size_t k = 0; k < spec.inputs.size(); ++k)
        inputs_by_group[spec.inputs[k].to.group].push_back(k);
    for (std::size_t k = 0; k < spec.regular.size(); ++k) regular_by_group[spec.regular[k].of].push_back(k);
    for (const RecordSpec& record : spec.records)
        for (const auto& [name, span] : record.variables)
            if (name == "release") release_recorded.insert(record.of);
}

const SpecIndex::Numbers& SpecIndex::numbers(const std::map<std::string, Numbers>& all,
                                             const std::string& group) {
    static const Numbers none;
    const auto found = all.find(group);
    return found == all.end() ? none : found->second;
}

Written find_written(const NetworkSpec& spec, const SpecIndex& index) {
    Written written;
    const auto plain = [](const std::string& name, const std::string& ending) {
        return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : std::string();
    };
    const auto add = [&](const SynapseSpec& synapses, const std::string& target) {
        if (const auto name = plain(target, "_pre"); !name.empty()) written[synapses.from.group].insert(name);
        if (const auto name = plain(target, "_post"); !name.empty()) written[synapses.to.group].insert(name);
        written[synapses.to.group].insert(target);
    };
    for (const auto& neurons : spec.neurons)
        for (const auto& statement : neurons.model.reset) written[neurons.name].insert(statement.target);
    for (const auto& input : spec.inputs) written[input.to.group].insert(input.target);
    for (const auto& regular : spec.regular)
        for (const auto& statement : regular.statements) {
            written[regular.of].insert(statement.target);
            if (const auto of = index.synapses.find(regular.of); of != index.synapses.end())
                add(spec.synapses[of->second], statement.target);
        }
    for (const auto& synapses : spec.synapses) {
        if (synapses.is_chain) written[synapses.to.group].insert(synapses.target);
        const ModelText* texts[] = {&synapses.whole, synapses.release ? &*synapses.release : nullptr,
                                    synapses.plasticity ? &*synapses.plasticity : nullptr};
        for (const ModelText* text : texts) {
            if (!text || (synapses.plasticity && text == &*synapses.plasticity && !synapses.plastic))
                continue;
            for (const auto* blocks : {&text->on_pre, &text->on_post})
                for (const auto& block : *blocks)
                    for (const auto& statement : block.statements) add(synapses, statement.target);
            for (const auto& equation : text->equations)
                for (const auto& flag : equation.flags)
                    if (flag.text == "summed") add(synapses, equation.name);
        }
    }
    return written;
}

/// Mistakes in the file of a model may be those of who uses it: a parameter that is missing, or has another dimension.
void name_users(base::Diagnostics& diagnostics, std::size_t first,
                std::initializer_list<const ModelText*> models) {
    for (const ModelText* model : models)
        if (model && !model->file.empty()) diagnostics.used_at(first, model->file, model->named);
}

namespace {

/// The pathway at whose events a record is taken; -1 after a reported mistake.
int find_pathway(const RecordSpec& spec, const CheckedSynapses& synapses, base::Diagnostics& diagnostics) {
    std::vector<std::string> names, of_side;
    int found = -1;
    for (std::size_t p = 0; p < synapses.pathways.size(); ++p) {
        const CheckedPathway& pathway = synapses.pathways[p];
        names.push_back(pathway.name);
        if (pathway.post == (spec.at == "post")) of_side.push_back(pathway.name);
        // A name that the user gave means more than that of an on_pre or on_post without one.
        if (pathway.name == spec.at && (found < 0 || pathway.named)) found = static_cast<int>(p);
    }
    if (found >= 0) return found;
    const auto refuse = [&](const std::string& what, const std::string& hint) {
        diagnostics.error(Code::E315, spec.at_span, what, hint);
        return -1;
    };
    const auto listed = [](const std::vector<std::string>& words) {
        std::string text;
        for (const auto& word : words) text += (text.empty() ? "'" : ", '") + word + "'";
        return text;
    };
    if (spec.at == "pre" || spec.at == "post") {
        if (of_side.empty())
            return refuse("'" + spec.of + "' has no on_" + spec.at + ": " + spec.at +
                              "synaptic spikes do nothing to its synapses",
                          names.empty() ? "sample it with every = \"1 ms\" instead"
                                        : "its events are at " + listed(names));
        return refuse("the pathways in the on_" + spec.at + " of '" + spec.of + "' have names",
                      "say which one: " + listed(of_side));
    }
    const auto near = diagnostics.suggestions().nearest(spec.at, [&] { return names; });
    return refuse("'" + spec.of + "' has no pathway '" + base::escape(spec.at) + "'",
                  !near.empty() ? "did you mean '" + near + "'?"
                  : names.empty()
                      ? "no spikes do anything to its synapses: sample it with every = \"1 ms\" instead"
                      : "it has " + listed(names));
}

}  // namespace

CheckedRecord check_record(const RecordSpec& spec, std::size_t index, const CheckedNetwork& network,
                           const Surroundings& around) {
    CheckedRecord record;
    record.spec = index;
    const CheckedVariables* variables = nullptr;
    const std::set<std::string>* broken = nullptr;
    if (const auto of = around.index->neurons.find(spec.of); of != around.index->neurons.end()) {
        variables = &network.neurons[of->second].variables;
        broken = &network.neurons[of->second].broken;
        record.group = of->second;
    }
    if (const auto of = around.index->synapses.find(spec.of); of != around.index->synapses.end()) {
        variables = &network.synapses[of->second].variables;
        broken = &network.synapses[of->second].broken;
        record.group = of->second;
        record.of_synapses = true;
    }
    if (!variables) return record;  // the loader has refused an unknown group
    if (!spec.at.empty() && record.of_synapses)
        record.at = find_pathway(spec, network.synapses[record.group], *around.diagnostics);
    for (const auto& [name, span] : spec.variables) {
        const CheckedVariable* found = variables->named(name);
        if (!found) found = variables->with_key(name);
        if (found && found->hidden) found = nullptr;
        if (broken->count(name)) continue;
        if (!found) {
            const auto near =
                around.diagnostics->suggestions().nearest(name, [&] { return variables->keys(); });
            around.diagnostics->error(
                Code::E201, span, "'" + spec.of + "' has no variable '" + name + "'",
                near.empty() ? "only declared variables can be recorded" : "did you mean '" + near + "'?");
            continue;
        }
        if (found->summed && record.of_synapses) {
            around.diagnostics->error(Code::E217, span, "'" + name + "' belongs to the neurons",
                                      "record it there");
            continue;
        }
        // Also what is kept over a step: records come before this step's value is stored.
        const bool computed = found->kind == lang::EquationKind::subexpression;
        record.keys.push_back(found->key);
        record.expressions.push_back(computed ? found->expr : nullptr);
    }
    return record;
}

CheckedNetwork check_network(const NetworkSpec& spec, base::Diagnostics& diagnostics, const Query* query) {
    CheckedNetwork network;
    const SpecIndex index(spec);
    const Surroundings around{&spec, &index, &diagnostics, query};
    const Written written = find_written(spec, index);
    network.inputs.resize(spec.inputs.size());
    network.regular.resize(spec.regular.size());
    for (std::size_t k = 0; k < spec.regular.size(); ++k)
        if (const auto of = index.synapses.find(spec.regular[k].of); of != index.synapses.end()) {
            network.regular[k].of_synapses = true;
            network.regular[k].group = of->second;
        }
    network.neurons.reserve(spec.neurons.size());
    network.synapses.reserve(spec.synapses.size());
    static const std::set<std::string> none;
    for (std::size_t k = 0; k < spec.neurons.size(); ++k) {
        const auto it = written.find(spec.neurons[k].name);
        const std::size_t before = diagnostics.all().size();
        network.neurons.push_back(
            check_neurons(spec.neurons[k], it == written.end() ? none : it->second, around, network));
        name_users(diagnostics, before, {&spec.neurons[k].model});
        for (const std::size_t r : index.regular_of(spec.neurons[k].name)) network.regular[r].group = k;
    }
    for (const auto& synapses : spec.synapses) {
        const std::size_t before = diagnostics.all().size();
        network.synapses.push_back(check_synapses(synapses, around, network));
        const auto model_of = [](const std::optional<ModelText>& link) { return link ? &*link : nullptr; };
        name_users(diagnostics, before,
                   {model_of(synapses.release), model_of(synapses.plasticity), model_of(synapses.structure)});
    }
    for (std::size_t k = 0; k < spec.records.size(); ++k)
        if (spec.records[k].kind == RecordKind::variables)
            network.records.push_back(check_record(spec.records[k], k, network, around));
    const bool single = spec.precision == PrecisionChoice::f32;
    if (single && !diagnostics.has_errors()) find_moments(network);
    return network;
}

}  // namespace bouton::analysis
