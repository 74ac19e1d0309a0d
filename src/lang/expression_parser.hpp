// SPDX-License-Identifier: BSD-3-Clause
// Expressions by operator precedence. Bounded on any input: brackets and prefixes nest at most 256 deep, which is all that
// the parser recurses, with a few hundred bytes of stack each; a tree holds at most 100,000 nodes (long sums are left-deep: as
// high as they are long).
#pragma once

#include "lang/syntax.hpp"
#include "lang/token_stream.hpp"

namespace bouton::lang {

class ExpressionParser {
public:
    explicit ExpressionParser(TokenStream& stream) : stream_(stream) {}

    /// An expression; what follows it is the caller's. Throws Abandon after a mistake.
    ExprPtr expression();
    /// Like expression(), and then refuses what looks like its going on ("2 mV", "a if b else c").
    ExprPtr whole_expression();
    /// Names, numbers, * / ** and brackets, as after the colon of an equation. No calls, so that "volt (shared)"
    /// ends before the bracket.
    ExprPtr unit();

private:
    struct Tree {
        ExprPtr expr;
        int height = 1;
    };
    class Nesting;

    Tree binary(int lowest);
    Tree prefix(int lowest);
    Tree signed_operand();
    Tree power();
    Tree atom();
    Tree call(const Token& name);
    Tree bracketed();

    /// A left operand and its operator, which wait for the right operand.
    struct Waiting {
        std::uint32_t begin;
        Tree left;
        BinaryOp op;
    };
    Tree reduced(Waiting waiting, Tree right);

    // What builds texts or nodes stays out of the frames of those that recurse.
    template <class Node>
    [[gnu::noinline]] Tree make(std::uint32_t begin, int height, Node node);
    [[gnu::noinline]] void check_chain(const ExprPtr& comparison);
    [[gnu::noinline, noreturn]] void refuse_nesting();
    [[gnu::noinline, noreturn]] void refuse_not();
    [[gnu::noinline, noreturn]] void refuse_operand();
    [[gnu::noinline]] void close_bracket(bool of_call);
    void check_unit(const Expr& expr);

    TokenStream& stream_;
    std::vector<Waiting> waiting_;  ///< of all open brackets, each on top of those around it
    int nesting_ = 0;
    int nodes_ = 0;
    bool in_unit_ = false;
};

}  // namespace bouton::lang
