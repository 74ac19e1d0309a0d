// SPDX-License-Identifier: BSD-3-Clause
// The names that one model text brings: declared variables, and constants that `parameters` gives without
// declaring them. Everything is resolved on first use, so that order in the file does not matter and circles
// are found.
#pragma once

#include "analysis/checked.hpp"
#include "analysis/resolve.hpp"

#include <deque>
#include <map>
#include <set>

namespace bouton::analysis {

/// Which flags an equation of a text may carry.
enum class TextKind { neurons, synapses };

class NameTable {
public:
    /// `prefix` goes before the names of constants, so that two groups or links never share one by accident.
    NameTable(std::string prefix, TextKind kind, base::Diagnostics& diagnostics);
    NameTable(const NameTable&) = delete;

    /// `target_unit` is null where no such unit exists; `target_is_broken`: it should, but for a mistake reported
    /// elsewhere, so that variables of that unit are broken as well.
    void declare(const std::vector<lang::Equation>& equations, const base::Dimension* target_unit,
                 bool target_is_broken = false);
    /// A name whose mistake has been reported: its uses are not reported again.
    void mark_broken(const std::string& name) { broken_.insert(name); }
    bool is_broken(const std::string& name) const { return broken_.count(name) > 0; }
    const std::set<std::string>& broken() const { return broken_; }
    /// A variable without an equation of its own (`w` of a chain without plasticity).
    void declare(const CheckedVariable& variable);

    /// What the model says of its names: units, bounds, parameters that must be given. Before any value is added.
    void expect(const model::ModelText& text, const base::Dimension* target_unit,
                bool target_is_broken = false);
    /// Values from the model's file (defaults) and the network file; the latter win.
    void add_parameters(const std::vector<model::Assignment>& defaults,
                        const std::vector<model::Assignment>& given);
    void add_initial(const std::vector<model::Assignment>& defaults,
                     const std::vector<model::Assignment>& given);

    /// Goes before the key of a constant that turns out to be stored per element.
    std::string key_prefix;

    /// Must be set before anything is resolved: the scope in which the texts stand.
    Scope scope;

    bool declares(const std::string& name) const { return index_.count(name) > 0; }
    CheckedVariable* variable(const std::string& name);
    const CheckedVariable* with_key(const std::string& key) const;
    TermPtr find_variable(const std::string& name, bool* reported);
    TermPtr find_constant(const std::string& name, bool* reported);
    /// Whether a parameter has that name, which then counts as used.
    bool names_constant(const std::string& name) {
        const auto it = constants_.find(name);
        if (it != constants_.end()) it->second.used = true;
        return it != constants_.end();
    }
    std::vector<std::string> known_names() const;

    /// Resolves the values of declared variables, in the order of their names.
    void resolve_values();
    /// No parameter is reported as unused: the texts that use them are switched off.
    void use_all();
    /// Resolves all right-hand sides and values, checks their dimensions, and reports values that nothing uses.
    void finish();

    /// Initialisers in an order in which each needs only earlier ones; call after finish().
    std::vector<CheckedInitial> initialisers();

    std::deque<CheckedVariable>& variables() { return variables_; }
    /// Ranges that are judged when values are drawn; call after finish().
    const std::vector<CheckedRange>& ranges() const { return ranges_; }

private:
    struct Constant {
        const model::Assignment* assignment = nullptr;
        const model::Assignment* fallback = nullptr;  ///< the model file's value, for its dimension
        bool used = false;
        bool busy = false;
        bool done = false;
        TermPtr term;
    };
    struct Pending {  ///< an equation not yet resolved
        const lang::Equation* equation = nullptr;
        bool busy = false;
        bool done = false;
    };

    struct Declared {
        const model::Declaration* declaration = nullptr;
        std::optional<base::Dimension> dimension;
        bool whole = false;
    };

    // declared.cpp
    const Declared* declared(const std::string& name) const;
    std::string of_model() const;
    void require_parameters(const std::vector<model::Assignment>& given);
    std::optional<base::Dimension> wanted_dimension(const std::string& name, const Constant& constant) const;
    bool check_wanted(const std::string& name, const TermPtr& term, const base::Dimension& wanted,
                      const base::Span& span);
    TermPtr bound(const std::optional<model::Value>& value, const base::Dimension& wanted);
    std::optional<CheckedRange> subject(const std::string& name);
    bool starts_by_default(const std::string& name) const;
    void check_ranges();

    /// A subexpression by its index, or a constant by its name, and its text.
    struct Definition {
        std::size_t index = 0;
        const std::string* constant = nullptr;
        const lang::Expr* expr = nullptr;
    };
    std::vector<Definition> needed_by(const lang::Expr& expr);
    void resolve_needed(const lang::Expr& expr);
    void report_unused();
    CheckedInitial initial_of(const std::string& name, const model::Value& value) const;
    bool declare_one(const lang::Equation& equation, const base::Dimension* target_unit);
    bool set_flags(const lang::Equation& equation, CheckedVariable& variable);
    void resolve_equation(std::size_t index);
    TermPtr classify(const std::string& name, Constant& constant);
    TermPtr with_numbers_drawn_once(const std::string& name, const model::Assignment& assignment,
                                    const TermPtr& term);
    bool check_shared(const CheckedVariable& variable, const TermPtr& term, const base::Span& span);
    void check_value(const CheckedVariable& variable, const model::Assignment& assignment);
    void check_quantity(const CheckedVariable& variable, const model::ScalarValue& quantity,
                        const base::Span& span);
    void check_array(const CheckedVariable& variable, const model::ArrayValue& array, const base::Span& span);
    void check_expression(const CheckedVariable& variable, const lang::ExprPtr& expr, const base::Span& span);
    void refuse_dimension(const CheckedVariable& variable, const base::Dimension& found,
                          const base::Span& span);
    void set_value(const model::Assignment& assignment, const char* table);

    std::string prefix_;
    TextKind kind_;
    base::Diagnostics& diagnostics_;
    std::deque<CheckedVariable> variables_;
    std::deque<Pending> pending_;  ///< parallel to variables_; both grow while they are read
    std::map<std::string, std::size_t> index_;
    std::map<std::string, Constant> constants_;
    std::map<std::string, const model::Assignment*> values_;  ///< of declared variables
    std::map<std::string, TermPtr> value_terms_;
    std::set<std::string> checked_values_;
    std::set<std::string> broken_;
    std::set<std::string> missing_;  ///< parameters that must be given, and are not
    const model::ModelText* model_ = nullptr;
    std::vector<std::pair<std::string, Declared>> declared_;
    std::vector<CheckedRange> ranges_;
    std::vector<const lang::Equation*>
        broken_equations_;  ///< resolved once, so that what they name counts as used
};

}  // namespace bouton::analysis
