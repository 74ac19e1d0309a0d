// SPDX-License-Identifier: BSD-3-Clause
// One synapse group: the links of its chain (or the synapse written whole), its pathways, delays, connection
// expressions and run_regularly.
#include "analysis/synapse_check.hpp"

#include "analysis/integrators.hpp"

namespace bouton::analysis {

using base::Code;
using base::Dimension;
using lang::EquationKind;
using model::Assignment;
using model::ConnectColumn;
using model::ModelText;
using model::ScalarValue;
using model::SynapseSpec;
using model::Value;

SynapseCheck::SynapseCheck(const SynapseSpec& spec, const Surroundings& around, CheckedNetwork& network)
    : spec_(spec), around_(around), diagnostics_(*around.diagnostics), network_(network) {
    result_.pre = &network.neurons[around.index->neurons.at(spec.from.group)];
    result_.post = &network.neurons[around.index->neurons.at(spec.to.group)];
}

CheckedSynapses SynapseCheck::operator()() {
    result_.name = spec_.name;
    result_.spec = &spec_;
    result_.method = spec_.method;
    result_.method_span = spec_.method_span;
    base_ = &add_table("", nullptr);
    if (spec_.is_chain)
        declare_chain();
    else
        declare_whole();
    settle_keys();
    give_values();
    // First what makes the synapses, so that its random numbers are the same whatever happens to them later.
    for (auto& link : links_) link->table.resolve_values();
    check_delays();
    check_connect();
    if (spec_.is_chain)
        check_chain();
    else
        check_whole();
    check_structure();
    check_regular();
    for (auto& link : links_) link->table.finish();
    for (auto& link : links_)
        if (!link->frozen) check_equations(*link);
    if (const Query* query = around_.query_of(spec_.name, true))
        network_.query = check_query(*query, scope_of(*query), diagnostics_);
    collect();
    return std::move(result_);
}

SynapseCheck::Link& SynapseCheck::add_table(const std::string& name, const ModelText* text) {
    const std::string prefix = spec_.name + "." + (name.empty() ? "" : name + ".");
    links_.push_back(std::make_unique<Link>(name, text, prefix, diagnostics_));
    Link& link = *links_.back();
    link.table.key_prefix = name.empty() ? "" : name + ".";
    link.table.scope = make_scope(link);
    if (text && !text->method.empty()) take_method(*text);
    return link;
}

/// The clock-driven equations of all links are integrated together. What the network file says counts more than what a model's file
/// says; otherwise two methods are one too many.
void SynapseCheck::take_method(const ModelText& text) {
    const bool first = result_.method.empty();
    const bool by_model = !first && text.method_span.source->file != result_.method_span.source->file;
    if (!first && !by_model && !same_method(text.method, result_.method))
        diagnostics_.error(Code::E209, text.method_span,
                           "'" + spec_.name + "' has the method '" + result_.method +
                               "' already: equations of all links are integrated together",
                           "give one method, in [synapses." + spec_.name + "]");
    if (!first) return;
    result_.method = text.method;
    result_.method_span = text.method_span;
}

Scope SynapseCheck::make_scope(Link& link) {
    Scope scope;
    scope.find = [this, &link](const std::string& name, const base::Span& span, bool* reported) {
        return find_name(link, name, span, reported);
    };
    const Surroundings context = around_;
    scope.find_signal = [context](const std::string& name) { return context.find_signal(name); };
    scope.names = [this, &link] {
        auto names = link.table.known_names();
        for (const auto& variable : result_.post->variables) {
            if (variable.hidden) continue;
            names.push_back(variable.name);
            names.push_back(variable.name + "_post");
        }
        for (const auto& variable : result_.pre->variables)
            if (!variable.hidden) names.push_back(variable.name + "_pre");
        if (spec_.is_chain) names.emplace_back("w");
        return names;
    };
    scope.prefix = spec_.name + ".";
    scope.synaptic = true;
    scope.size = static_cast<double>(spec_.from.size());
    scope.size_post = static_cast<double>(spec_.to.size());
    scope.state = &state_;
    return scope;
}

TermPtr SynapseCheck::find_name(Link& link, const std::string& name, const base::Span& span, bool* reported) {
    if (TermPtr term = link.table.find_variable(name, reported)) return term;
    if (*reported) return nullptr;
    if (name == "w" && w_link_ && w_link_ != &link) return w_link_->table.find_variable(name, reported);
    if (TermPtr term = find_neuron(name, reported)) {
        const bool random = any_of(term, [](const Term& node) {
            return node.kind == TermKind::call && function(node.function).random;
        });
        if (!random) return term;
        diagnostics_.error(Code::E211, span, "'" + name + "' draws random numbers of its own for each neuron",
                           "mark it (constant over dt) in the neurons, so that all synapses see one value");
        *reported = true;
    }
    if (*reported) return nullptr;
    return link.table.find_constant(name, reported);
}

/// All links' names at once, those of the query's link before others.
Scope SynapseCheck::scope_of(const Query& query) {
    Scope scope = base_->table.scope;
    scope.find = [this, &query](const std::string& name, const base::Span& span, bool* reported) -> TermPtr {
        const auto owner = [&](const auto& owns) -> Link* {
            std::vector<Link*> owners;
            for (auto& link : links_)
                if (owns(*link)) owners.push_back(link.get());
            for (Link* link : owners)
                if (link->name == query.link || owners.size() == 1) return link;
            if (owners.empty()) return nullptr;
            diagnostics_.error(Code::E217, span, "two links of this chain have '" + name + "'",
                               "read '" + owners[0]->name + "." + name + "' or '" + owners[1]->name + "." +
                                   name + "' as a value");
            *reported = true;
            return nullptr;
        };
        Link* link = owner([&](Link& of) { return of.table.declares(name); });
        if (*reported) return nullptr;
        if (link && link->frozen) return not_kept(name, span, reported);
        if (link) return find_name(*link, name, span, reported);
        link = owner([&](Link& of) { return of.name == query.link && of.table.names_constant(name); });
        if (link) return link->table.find_constant(name, reported);
        if (TermPtr term = find_name(*base_, name, span, reported)) return term;
        if (*reported) return nullptr;
        link = owner([&](Link& of) { return of.table.names_constant(name); });
        return link ? link->table.find_constant(name, reported) : nullptr;
    };
    scope.names = [this] {
        auto names = base_->table.scope.names();
        for (const auto& link : links_)
            for (const std::string& name : link->table.known_names()) names.push_back(name);
        return names;
    };
    return scope;
}

TermPtr SynapseCheck::not_kept(const std::string& name, const base::Span& span, bool* reported) {
    const auto* variable = w_link_ && name == "w" ? w_link_->table.variable("w") : nullptr;
    if (variable) return find_name(*w_link_, name, span, reported);
    diagnostics_.error(Code::E201, span,
                       "'" + spec_.name + "' does not keep '" + name + "', since it is not plastic",
                       "leave 'plastic = false' out");
    *reported = true;
    return nullptr;
}

TermPtr SynapseCheck::find_neuron(const std::string& name, bool* reported) const {
    const auto broken = [&](const CheckedNeurons& group, const std::string& plain) {
        *reported = *reported || group.broken.count(plain) > 0;
    };
    if (name.ends_with("_pre")) broken(*result_.pre, name.substr(0, name.size() - 4));
    broken(*result_.post, name.ends_with("_post") ? name.substr(0, name.size() - 5) : name);
    if (name.ends_with("_pre"))
        if (TermPtr term =
                neuron_name(*result_.pre, name.substr(0, name.size() - 4), End::pre, spec_.from.begin))
            return term;
    if (name.ends_with("_post"))
        if (TermPtr term =
                neuron_name(*result_.post, name.substr(0, name.size() - 5), End::post, spec_.to.begin))
            return term;
    if (name == "lastspike" || name == "not_refractory") return nullptr;
    return neuron_name(*result_.post, name, End::post, spec_.to.begin);
}

Target SynapseCheck::find_target(Link& link, const std::string& name) {
    if (const auto* variable = link.table.variable(name)) return target_of(*variable, End::own);
    if (link.table.is_broken(name)) return broken_target();
    if (name == "N_pre" || name == "N_post") return target_of_other(name, false);
    if (name == "w" && w_link_) {
        const auto* w = w_link_->table.variable("w");
        return w ? target_of(*w, End::own) : broken_target();
    }
    if (name == "release" && spec_.is_chain && &link != release_link_) {
        Target target = target_of_other(name, false);
        target.kind = Target::Kind::refused;
        target.refusal = "'release' is set by the release of the chain alone";
        target.hint = "choose another name";
        return target;
    }
    const auto neuron = [&](const CheckedNeurons& group, const std::string& plain,
                            End end) -> std::optional<Target> {
        if (group.broken.count(plain)) return broken_target();
        if (const auto* variable = group.variables.named(plain)) return target_of(*variable, end);
        if (plain == "lastspike" || plain == "not_refractory") return target_of_other(plain, false);
        return std::nullopt;
    };
    if (name.ends_with("_pre"))
        if (auto target = neuron(*result_.pre, name.substr(0, name.size() - 4), End::pre)) return *target;
    if (name.ends_with("_post"))
        if (auto target = neuron(*result_.post, name.substr(0, name.size() - 5), End::post)) return *target;
    if (auto target = neuron(*result_.post, name, End::post)) return *target;
    if (name.ends_with("_pre") || name.ends_with("_post")) {
        const bool post = name.ends_with("_post");
        const CheckedNeurons& group = post ? *result_.post : *result_.pre;
        const std::string plain = name.substr(0, name.size() - (post ? 5 : 4));
        const auto near = diagnostics_.suggestions().nearest(plain, [&] { return group.variables.names(); });
        Target target;
        target.kind = Target::Kind::refused;
        target.code = Code::E201;
        target.refusal = "'" + group.group + "' has no variable '" + plain + "'";
        target.hint = near.empty() ? "" : "did you mean '" + near + (post ? "_post'?" : "_pre'?");
        return target;
    }
    return target_of_other(name, link.table.names_constant(name));
}

void SynapseCheck::declare_chain() {
    const auto target = check_target();
    target_dimension_ = target.value_or(Dimension{});
    if (spec_.release) release_link_ = &add_table("release", &*spec_.release);
    if (spec_.plasticity) {
        plasticity_link_ = &add_table("plasticity", &*spec_.plasticity);
        plasticity_link_->frozen = !spec_.plastic;
    }
    if (spec_.structure && spec_.plastic) structure_link_ = &add_table("structure", &*spec_.structure);
    for (auto& link : links_)
        if (link->text) link->table.declare(link->text->equations, &target_dimension_, !target);
    for (auto& link : links_)
        if (link->table.declares("w") || link->table.is_broken("w")) w_link_ = link.get();
    if (!w_link_ && !target)
        base_->table.mark_broken("w");
    else if (!w_link_) {
        CheckedVariable w;
        w.name = w.key = "w";
        w.span = spec_.span;
        w.dimension = target_dimension_;
        base_->table.declare(w);
    }
    if (!w_link_) w_link_ = base_;
    const auto* w = w_link_->table.variable("w");
    const bool of_a_file = w_link_->text && !w_link_->text->file.empty();  // the target is what can be mended
    if (w && target && w->dimension != target_dimension_)
        diagnostics_.error(Code::E203, of_a_file ? spec_.target_span : w->span,
                           "the weight 'w' has the dimension " + in_brackets(w->dimension) +
                               ", but its target '" + spec_.target + "' has " +
                               in_brackets(target_dimension_),
                           "declare it as 'w : target_unit'");
}

std::optional<Dimension> SynapseCheck::check_target() {
    if (spec_.target.empty() || result_.post->broken.count(spec_.target)) return std::nullopt;
    if (const auto* variable = result_.post->variables.named(spec_.target)) {
        const Target target = target_of(*variable, End::post);
        if (target.kind == Target::Kind::refused)
            diagnostics_.error(Code::E207, spec_.target_span, target.refusal, target.hint);
        target_refractory_ = variable->unless_refractory;
        return variable->dimension;
    }
    const auto near =
        diagnostics_.suggestions().nearest(spec_.target, [this] { return result_.post->variables.names(); });
    diagnostics_.error(Code::E201, spec_.target_span,
                       "'" + spec_.to.group + "' has no variable '" + spec_.target + "'",
                       near.empty() ? "name the postsynaptic variable that receives w * release"
                                    : "did you mean '" + near + "'?");
    return std::nullopt;
}

void SynapseCheck::declare_whole() {
    if (!spec_.plastic)
        diagnostics_.error(Code::E217, spec_.span,
                           "'plastic = false' needs a chain, this synapse is written whole",
                           "split it into release, plasticity and target, or leave 'plastic' out");
    base_->text = &spec_.whole;
    base_->table.declare(spec_.whole.equations, nullptr);
    if (!spec_.whole.method.empty()) take_method(spec_.whole);
}

void SynapseCheck::settle_keys() {
    std::map<std::string, int> count;
    for (auto& link : links_)
        for (auto& variable : link->table.variables()) ++count[variable.name];
    for (auto& link : links_)
        for (auto& variable : link->table.variables())
            if (count[variable.name] > 1) variable.key = link->table.key_prefix + variable.name;
}

void SynapseCheck::refuse_second_meaning(const ConnectColumn& column) {
    if (column.header == column.name) return;
    const bool declared = std::any_of(links_.begin(), links_.end(),
                                      [&](const auto& link) { return link->table.declares(column.header); });
    if (!declared) return;
    diagnostics_.error(Code::E404, column.span,
                       "the file's column '" + column.header + "' may be the variable of that name, or '" +
                           column.name + "' with a unit",
                       "give one of the two another name");
}

void SynapseCheck::give_values() {
    std::map<Link*, std::vector<Assignment>> given;
    const auto place = [&](const Assignment& assignment) {
        std::vector<Link*> owners;
        for (auto& link : links_)
            if (link->table.declares(assignment.name) || link->table.is_broken(assignment.name))
                owners.push_back(link.get());
        if (owners.size() > 1) {
            diagnostics_.error(Code::E217, assignment.name_span,
                               "two links of this chain have a variable '" + assignment.name + "'",
                               "give it in the link's own 'initial'");
            return;
        }
        given[owners.empty() ? base_ : owners[0]].push_back(assignment);
    };
    for (const auto& assignment : spec_.initial) place(assignment);
    for (const auto& column : spec_.connect.columns) {
        refuse_second_meaning(column);
        if (column.name != "delay") place({column.name, column.span, {column.span, column.values}});
    }
    bool has_weight = !spec_.is_chain || spec_.connect.unread;
    for (auto& link : links_) {
        auto& list = given[link.get()];
        for (const auto& assignment : list) has_weight = has_weight || assignment.name == "w";
        static const std::vector<Assignment> none;
        const ModelText* text = link->text;
        if (text)
            for (const auto& assignment : text->initial) list.push_back(assignment);
        link->parameters = text ? text->parameters : none;
        if (link.get() == base_)
            link->parameters.insert(link->parameters.end(), spec_.parameters.begin(), spec_.parameters.end());
        link->initial = list;
        const bool target_is_broken = w_link_ && w_link_->table.is_broken("w");
        if (text && !link->frozen)
            link->table.expect(*text, spec_.is_chain ? &target_dimension_ : nullptr, target_is_broken);
        link->table.add_parameters(text ? text->default_parameters : none, link->parameters);
        link->table.add_initial(text ? text->default_initial : none, link->initial);
        if (link->frozen || around_.spec->lost_texts) link->table.use_all();
        if (text)
            for (const auto& assignment : text->default_initial)
                has_weight = has_weight || assignment.name == "w";
    }
    if (!has_weight)
        diagnostics_.error(Code::E217, spec_.span, "the chain '" + spec_.name + "' has no weight 'w'",
                           "give it in initial = { w = \"...\" }");
}

void SynapseCheck::check_connect() {
    const auto only_neurons = [&](const TermPtr& term, const base::Span& span) {
        if (any_of(term,
                   [](const Term& node) { return node.kind == TermKind::variable && node.end == End::own; }))
            diagnostics_.error(Code::E217, span,
                               "a connection cannot depend on variables of the synapse it makes",
                               "use i, j and the variables of the neurons");
    };
    if (spec_.connect.condition) {
        result_.connect_condition =
            condition(base_->table.scope, *spec_.connect.condition, "a connection's 'condition'");
        if (result_.connect_condition) only_neurons(result_.connect_condition, spec_.connect.condition->span);
    }
    if (spec_.connect.p) {
        result_.connect_p = value(base_->table.scope, *spec_.connect.p, {}, "p");
        if (result_.connect_p) {
            only_neurons(result_.connect_p, spec_.connect.p->span);
            check_known(result_.connect_p, 0.0, 1.0, "'p'", spec_.connect.p->span,
                        "a probability lies between 0 and 1", diagnostics_);
        }
    }
}

void SynapseCheck::check_structure() {
    if (!structure_link_) return;
    const ModelText& text = *structure_link_->text;
    const Scope& scope = structure_link_->table.scope;
    if (text.prune) result_.prune = condition(scope, *text.prune, "'prune'");
    if (text.grow_condition) result_.grow_condition = condition(scope, *text.grow_condition, "'condition'");
    if (text.grow) {
        result_.grow = resolve(*text.grow, scope, diagnostics_);
        if (result_.grow &&
            check_dimension(result_.grow, {}, "'grow', a probability,", text.grow->span, Code::E203,
                            diagnostics_) &&
            check_number(result_.grow, "'grow'", text.grow->span, diagnostics_))
            check_known(result_.grow, 0.0, 1.0, "'grow'", text.grow->span,
                        "a probability lies between 0 and 1", diagnostics_);
    }
}

TermPtr SynapseCheck::condition(const Scope& scope, const lang::Expr& expr, const std::string& what) {
    TermPtr term = resolve(expr, scope, diagnostics_);
    if (!term || term->type == ValueType::boolean) return term;
    diagnostics_.error(Code::E206, expr.span, what + " is a condition, this is a number",
                       "compare it, as in 'i != j'");
    return nullptr;
}

TermPtr SynapseCheck::value(const Scope& scope, const Value& given, const Dimension& wanted,
                            const std::string& what) {
    if (model::is_unread(given)) return nullptr;
    TermPtr term;
    if (const auto* quantity = std::get_if<ScalarValue>(&given.value)) {
        auto made = std::make_shared<Term>(
            *scalar(spec_.name + "." + what, quantity->value, ValueType::real, quantity->dimension));
        made->span = given.span;
        term = made;
    } else if (const auto* expr = std::get_if<lang::ExprPtr>(&given.value)) {
        term = resolve(**expr, scope, diagnostics_);
    } else {
        diagnostics_.error(Code::E217, given.span, "'" + what + "' takes a value or an expression here",
                           "values per synapse come with pairs or a file");
    }
    if (!term || !check_dimension(term, wanted, "'" + what + "'", given.span, Code::E203, diagnostics_))
        return nullptr;
    return check_number(term, "'" + what + "'", given.span, diagnostics_) ? term : nullptr;
}

void SynapseCheck::collect() {
    if (kept_release_) result_.variables.add(*kept_release_);
    for (auto& link : links_) {
        auto initialisers = link->table.initialisers();
        const auto kept =
            link->frozen ? kept_of_frozen(link->table.variables(), initialisers) : std::set<std::string>{};
        for (auto& variable : link->table.variables()) {
            if (link->frozen) {
                if (!kept.count(variable.key)) continue;
                if (variable.kind == EquationKind::differential) variable.kind = EquationKind::parameter;
                variable.event_driven = variable.clock_driven = false;
            }
            variable.written =
                written_.count(variable.key) > 0 || variable.kind == EquationKind::differential;
            result_.variables.add(variable);
        }
        if (!link->frozen)
            result_.ranges.insert(result_.ranges.end(), link->table.ranges().begin(),
                                  link->table.ranges().end());
        for (auto& initial : initialisers)
            if (!link->frozen || kept.count(initial.key)) result_.initial.push_back(std::move(initial));
        result_.broken.insert(link->table.broken().begin(), link->table.broken().end());
    }
}

/// Of plasticity that is switched off there stay `w`, what run_regularly uses, and what those start from.
std::set<std::string> SynapseCheck::kept_of_frozen(const std::deque<CheckedVariable>& variables,
                                                   const std::vector<CheckedInitial>& initialisers) const {
    std::set<std::string> kept = written_;
    const auto keep = [&](const TermPtr& term) {
        for_each(term, [&](const Term& node) {
            if (node.kind == TermKind::variable && node.end == End::own) kept.insert(node.name);
        });
    };
    for (const auto& variable : variables)
        if (variable.name == "w") kept.insert(variable.key);
    for (const auto& link : links_)
        if (!link->frozen)
            for (const auto& variable : link->table.variables()) keep(variable.expr);
    for (const auto& pathway : result_.pathways)
        for (const auto& statement : pathway.statements) keep(statement.value);
    for (const auto& regular : network_.regular) {
        if (!regular.of_synapses || &around_.spec->synapses[regular.group] != &spec_) continue;
        for (const auto& statement : regular.statements) keep(statement.value);
        for (const auto& reduction : regular.reductions) keep(reduction.expr);
    }
    for (std::size_t before = 0; before != kept.size();) {
        before = kept.size();
        for (const auto& initial : initialisers)
            if (kept.count(initial.key)) keep(initial.term);
    }
    return kept;
}

CheckedSynapses check_synapses(const SynapseSpec& spec, const Surroundings& around, CheckedNetwork& network) {
    return SynapseCheck(spec, around, network)();
}

}  // namespace bouton::analysis
