// SPDX-License-Identifier: BSD-3-Clause
// The mathematics of model code, namespace bn: the one implementation that the interpreter and generated C++ share, with the same
// bits in scalar and vector code of any width. Names as in C; arguments of one call have one type (double, float or int64_t).
#pragma once

#include "exp_log.h"
#include "exprel.h"
#include "hyperbolic.h"
#include "power.h"
#include "real.h"
#include "rounding.h"
#include "trigonometry.h"
