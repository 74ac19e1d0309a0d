// SPDX-License-Identifier: BSD-3-Clause
// Python's precedence of operators, shared by the parser and the printer.
#pragma once

#include "lang/syntax.hpp"

namespace bouton::lang {

enum Precedence : int {
    kLowest = 0,
    kOr = 1,
    kAnd = 2,
    kNot = 3,
    kCompare = 4,
    kSum = 5,
    kProduct = 6,
    kSign = 7,
    kPower = 8,
    kAtom = 9
};

constexpr int precedence_of(BinaryOp op) {
    switch (op) {
        case BinaryOp::logical_or: return kOr;
        case BinaryOp::logical_and: return kAnd;
        case BinaryOp::less:
        case BinaryOp::less_equal:
        case BinaryOp::greater:
        case BinaryOp::greater_equal:
        case BinaryOp::equal:
        case BinaryOp::not_equal: return kCompare;
        case BinaryOp::add:
        case BinaryOp::subtract: return kSum;
        case BinaryOp::multiply:
        case BinaryOp::divide:
        case BinaryOp::floor_divide:
        case BinaryOp::modulo: return kProduct;
        case BinaryOp::power: return kPower;
    }
    return kLowest;
}

}  // namespace bouton::lang
