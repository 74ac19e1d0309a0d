// SPDX-License-Identifier: BSD-3-Clause
// One loop over arrays per function of the kernel, as a table: the same source is compiled with many flags and must give the same bits.
#pragma once

struct Loop {
    const char* name;
    int line;        // in loops.cpp
    int width;       // bytes of an element
    int vectorises;  // whether a compiler for x86-64-v3 turns it into vector code
    void (*run)(const void* x, const void* y, void* out, int n);
};

extern "C" const Loop* bouton_loops(int* count);
