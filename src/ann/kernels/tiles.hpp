// SPDX-License-Identifier: BSD-3-Clause
// The kernels' loops, written once over an instruction set Isa. Included only by the files that name one; everything
// here has internal linkage, so that no code for one CPU is linked into another's.
#pragma once

#include "ann/kernels/compiler.hpp"
#include "ann/kernels/kernels.hpp"

namespace bouton::ann {
namespace {

constexpr std::size_t kTile = 8;        // examples, and inputs, of a tile
constexpr std::size_t kRowsAhead = 16;  // of W that are fetched early: rows lie pages apart
constexpr std::size_t kMaskWords = 64;  // 16-bit masks of a tile: one per example and input

/// The mask of example e and input t of a tile.
inline const std::uint16_t* mask_at(const std::uint16_t* bits, std::size_t e, std::size_t t) {
    return bits + (t / 4) * 32 + e * 4 + t % 4;
}

inline std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

/// Eight rows of a matrix that four registers address: rows 0 to 3 from one pointer, 4 to 7 from another.
struct EightRows {
    const float* low;
    const float* high;
    std::size_t stride, stride3;

    EightRows(const float* first, std::size_t row_stride)
        : low(first), high(first + 4 * row_stride), stride(row_stride), stride3(3 * row_stride) {
        BOUTON_OPAQUE(stride3);
        BOUTON_OPAQUE(high);
    }
    const float* row(std::size_t k, std::size_t column) const {
        const float* base = (k < 4 ? low : high) + column;
        return k % 4 == 0   ? base
               : k % 4 == 1 ? base + stride
               : k % 4 == 2 ? base + 2 * stride
                            : base + stride3;
    }
};

template <class Generator>
inline void draw(const Generator& generator, std::size_t b, std::size_t j, std::size_t i,
                 std::uint16_t* bits) {
    generator.draw(static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(j / 8),
                   static_cast<std::uint32_t>(i / 16), bits);
}

enum class Masked {
    no,
    half,  ///< p = 1/2: one digit, and Isa::kOverlaps
    any
};

template <std::size_t Panels>
struct TileBits {
    alignas(64) std::uint16_t words[Panels][kMaskWords];
};

/// The masks of tiles of 8 examples, 8 inputs and Panels x 16 outputs, one tile after another. With `half` the next
/// tile is drawn round by round between the products of this one: multiplications of both kinds then overlap.
template <class Isa, Masked Kind, std::size_t Panels>
class TileMasks {
public:
    TileMasks(const typename Isa::Generator& generator, TileBits<Panels>& bits)
        : generator_(generator), bits_(bits.words) {}

    /// Draws the first tile.
    void first(std::size_t b, std::size_t j, std::size_t i) {
        if constexpr (Kind != Masked::no) draw_all(b, j, i);
    }
    /// Eight times per tile, between the products: a part of the next one.
    void begin_next(std::size_t b, std::size_t j, std::size_t i) {
        if constexpr (Kind == Masked::half) {
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                next_[p] = generator_.begin(narrow(b), narrow(j / 8), narrow(i / 16 + p));
                next_[p].round(generator_, 0);
                next_[p].round(generator_, 1);
            }
        }
    }
    void go_on(std::size_t part) {
        if constexpr (Kind == Masked::half) {
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                next_[p].round(generator_, static_cast<int>(part) + 2);
            }
        }
    }
    /// Makes the next tile the present one.
    void end_next(std::size_t b, std::size_t j, std::size_t i) {
        if constexpr (Kind == Masked::half) {
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) next_[p].store(bits_[p]);
            BOUTON_FENCE();
        } else if constexpr (Kind == Masked::any) {
            draw_all(b, j, i);
        }
    }

    /// sum + a*b where example e keeps input t, else sum.
    typename Isa::Vector add(typename Isa::Vector sum, typename Isa::Vector a, typename Isa::Vector b,
                             std::size_t p, std::size_t e, std::size_t t) const {
        if constexpr (Kind == Masked::no) return Isa::add_product(sum, a, b);
        return Isa::add_kept(sum, a, b, mask_at(bits_[p], e, t));
    }

private:
    static std::uint32_t narrow(std::size_t n) { return static_cast<std::uint32_t>(n); }
    void draw_all(std::size_t b, std::size_t j, std::size_t i) {
        for (std::size_t p = 0; p < Panels; ++p) draw(generator_, b, j, i + 16 * p, bits_[p]);
        BOUTON_FENCE();
    }

    const typename Isa::Generator& generator_;
    std::uint16_t (*bits_)[kMaskWords];  // elsewhere, so that `next_` can live in registers
    typename Isa::Generator::Draw next_[Panels];
};

template <class Isa, Masked Kind, std::size_t Examples, std::size_t Panels>
inline void forward_tile(const LayerBatch& x, const typename Isa::Generator& generator, std::size_t b,
                         std::size_t i) {
    using V = typename Isa::Vector;
    TileBits<Panels> bits;
    TileMasks<Isa, Kind, Panels> masks(generator, bits);
    V sum[Examples][Panels];
    BOUTON_UNROLL for (auto& row : sum) { BOUTON_UNROLL for (V& s : row) s = Isa::zero(); }
    const EightRows v(x.inputs + b * x.inputs_stride, x.inputs_stride);
    const float* w = x.weights + i;
    const std::size_t stride = x.weights_stride, rows = x.rows;
    masks.first(b, 0, i);
    for (std::size_t j = 0; j < rows; j += kTile) {
        masks.begin_next(b, j + kTile, i);
        BOUTON_UNROLL for (std::size_t t = 0; t < kTile; ++t) {
            V weight[Panels];
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                weight[p] = Isa::load(w + 16 * p);
                __builtin_prefetch(w + kRowsAhead * stride + 16 * p);
            }
            w += stride;
            BOUTON_UNROLL for (std::size_t e = 0; e < Examples; ++e) {
                const V input = Isa::broadcast(v.row(e, j + t));
                BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                    sum[e][p] = masks.add(sum[e][p], weight[p], input, p, e, t);
                }
            }
            masks.go_on(t);
        }
        masks.end_next(b, j + kTile, i);
    }
    BOUTON_UNROLL for (std::size_t e = 0; e < Examples; ++e) {
        BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
            Isa::store(x.sums + (b + e) * x.sums_stride + i + 16 * p, sum[e][p]);
        }
    }
}

template <class Isa, Masked Kind, std::size_t Examples>
inline void forward_rows(const LayerBatch& x, const typename Isa::Generator& generator, std::size_t b,
                         std::size_t i0, std::size_t i1) {
    constexpr std::size_t panels = Examples >= 8 ? 2 : Examples >= 4 ? 4 : 8;
    std::size_t i = i0;
    for (; i + 16 * panels <= i1; i += 16 * panels) {
        forward_tile<Isa, Kind, Examples, panels>(x, generator, b, i);
    }
    for (; i < i1; i += 16) forward_tile<Isa, Kind, Examples, 1>(x, generator, b, i);
}

/// Panels of outputs outside, examples inside: a panel of W stays in the second-level cache.
template <class Isa, Masked Kind>
void forward(const LayerBatch& x, std::size_t b0, std::size_t b1, std::size_t i0, std::size_t i1) {
    constexpr std::size_t wide = 32;
    const typename Isa::Generator generator(x.masks);
    if (b1 - b0 == 1) return forward_rows<Isa, Kind, 1>(x, generator, b0, i0, i1);
    if (b1 - b0 <= 4) return forward_rows<Isa, Kind, 4>(x, generator, b0, i0, i1);
    for (std::size_t i = i0; i < i1; i += wide) {
        for (std::size_t b = b0; b < b1; b += kTile) {
            forward_rows<Isa, Kind, kTile>(x, generator, b, i, smaller(i + wide, i1));
        }
    }
}

template <class Isa, Masked Kind, std::size_t Panels>
inline void gradient_tile(const LayerBatch& x, const typename Isa::Generator& generator, std::size_t j,
                          std::size_t i, float scale, float* gradient, std::size_t stride) {
    using V = typename Isa::Vector;
    TileBits<Panels> bits;
    TileMasks<Isa, Kind, Panels> masks(generator, bits);
    V sum[kTile][Panels];
    BOUTON_UNROLL for (auto& row : sum) { BOUTON_UNROLL for (V& s : row) s = Isa::zero(); }
    const std::size_t examples = x.examples, inputs_stride = x.inputs_stride, sums_stride = x.sums_stride;
    const float* v = x.inputs + j;
    const float* deltas = x.sums + i;
    const auto add_example = [&](std::size_t e) {
        V delta[Panels];
        BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) delta[p] = Isa::load(deltas + 16 * p);
        BOUTON_UNROLL for (std::size_t t = 0; t < kTile; ++t) {
            const V input = Isa::broadcast(v + t);
            BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
                sum[t][p] = masks.add(sum[t][p], delta[p], input, p, e, t);
            }
        }
        v += inputs_stride;
        deltas += sums_stride;
    };
    masks.first(0, j, i);
    std::size_t b = 0;
    for (; b + kTile <= examples; b += kTile) {
        masks.begin_next(b + kTile, j, i);
        BOUTON_UNROLL for (std::size_t e = 0; e < kTile; ++e) {
            add_example(e);
            masks.go_on(e);
        }
        masks.end_next(b + kTile, j, i);
    }
    for (std::size_t e = 0; b + e < examples; ++e) add_example(e);
    const V factor = Isa::broadcast(&scale);
    BOUTON_UNROLL for (std::size_t t = 0; t < kTile; ++t) {
        BOUTON_UNROLL for (std::size_t p = 0; p < Panels; ++p) {
            Isa::store(gradient + t * stride + i + 16 * p, Isa::multiply(sum[t][p], factor));
        }
    }
}

template <class Isa, Masked Kind>
void gradient(const LayerBatch& x, std::size_t j0, float scale, float* to, std::size_t stride) {
    const typename Isa::Generator generator(x.masks);
    std::size_t i = 0;
    for (; i + 32 <= x.outputs; i += 32) gradient_tile<Isa, Kind, 2>(x, generator, j0, i, scale, to, stride);
    for (; i < x.outputs; i += 16) gradient_tile<Isa, Kind, 1>(x, generator, j0, i, scale, to, stride);
}

/// Outputs whose masks are drawn at a time for 8 examples and 8 inputs: 8 KiB of them.
constexpr std::size_t kBackwardOutputs = 1024;

template <class Isa, bool IsMasked, std::size_t Examples>
inline void backward_tile(const LayerBatch& x, const std::uint16_t* bits, std::size_t b, std::size_t e0,
                          std::size_t j, std::size_t t0, std::size_t i0, std::size_t i1) {
    using V = typename Isa::Vector;
    constexpr std::size_t inputs = 4;
    V sum[Examples][inputs];
    BOUTON_UNROLL for (auto& row : sum) { BOUTON_UNROLL for (V& s : row) s = Isa::zero(); }
    const EightRows delta(x.sums + (b + e0) * x.sums_stride, x.sums_stride);
    const EightRows w(x.weights + (j + t0) * x.weights_stride, x.weights_stride);
    for (std::size_t i = i0; i < i1; i += 16, bits += kMaskWords) {
        V weight[inputs];
        BOUTON_UNROLL for (std::size_t t = 0; t < inputs; ++t) weight[t] = Isa::load(w.row(t, i));
        BOUTON_UNROLL for (std::size_t e = 0; e < Examples; ++e) {
            const V d = Isa::load(delta.row(e, i));
            BOUTON_UNROLL for (std::size_t t = 0; t < inputs; ++t) {
                if constexpr (IsMasked) {
                    sum[e][t] = Isa::add_kept(sum[e][t], weight[t], d, mask_at(bits, e0 + e, t0 + t));
                } else {
                    sum[e][t] = Isa::add_product(sum[e][t], weight[t], d);
                }
            }
        }
    }
    BOUTON_UNROLL for (std::size_t e = 0; e < Examples; ++e) {
        float* to = x.errors + (b + e0 + e) * x.errors_stride + j + t0;
        BOUTON_UNROLL for (std::size_t t = 0; t < inputs; ++t) {
            const float part = Isa::total(sum[e][t]);
            to[t] = i0 == 0 ? part : to[t] + part;
        }
    }
}

template <class Isa, bool IsMasked>
void backward(const LayerBatch& x, std::size_t b0, std::size_t j0, std::size_t j1) {
    alignas(64) std::uint16_t bits[IsMasked ? kBackwardOutputs / 16 * kMaskWords : 1];
    const typename Isa::Generator generator(x.masks);
    const std::size_t outputs = (x.outputs + 15) / 16 * 16;
    const std::size_t here = smaller(kTile, x.examples - b0);
    for (std::size_t j = j0; j < j1; j += kTile) {
        for (std::size_t i0 = 0; i0 < outputs; i0 += kBackwardOutputs) {
            const std::size_t i1 = smaller(outputs, i0 + kBackwardOutputs);
            if constexpr (IsMasked) {
                for (std::size_t i = i0; i < i1; i += 16)
                    draw(generator, b0, j, i, bits + (i - i0) * (kMaskWords / 16));
            }
            for (std::size_t t = 0; t < kTile; t += 4) {
                if (here == 1) {
                    backward_tile<Isa, IsMasked, 1>(x, bits, b0, 0, j, t, i0, i1);
                    continue;
                }
                for (std::size_t e = 0; e < here; e += 4) {
                    backward_tile<Isa, IsMasked, 4>(x, bits, b0, e, j, t, i0, i1);
                }
            }
        }
    }
}

template <class Isa>
void update(const MomentumStep& step, std::size_t n, const float* gradient, float* velocity, float* weights) {
    using V = typename Isa::Vector;
    const float descent = -step.rate;
    const V rate = Isa::broadcast(&descent), momentum = Isa::broadcast(&step.momentum),
            decay = Isa::broadcast(&step.decay);
    for (std::size_t k = 0; k < n; k += 16) {
        const V w = Isa::load(weights + k);
        const V slope = Isa::add_product(Isa::load(gradient + k), w, decay);
        const V v = Isa::add_product(Isa::multiply(Isa::load(velocity + k), momentum), slope, rate);
        Isa::store(velocity + k, v);
        Isa::store(weights + k, Isa::add(w, v));
    }
}

template <class Isa>
void forward_any(const LayerBatch& x, std::size_t b0, std::size_t b1, std::size_t i0, std::size_t i1) {
    if (x.masks == nullptr) return forward<Isa, Masked::no>(x, b0, b1, i0, i1);
    if (Isa::kOverlaps && x.masks->keep.digits() == 1) return forward<Isa, Masked::half>(x, b0, b1, i0, i1);
    forward<Isa, Masked::any>(x, b0, b1, i0, i1);
}

template <class Isa>
void gradient_any(const LayerBatch& x, std::size_t j0, float scale, float* to, std::size_t stride) {
    if (x.masks == nullptr) return gradient<Isa, Masked::no>(x, j0, scale, to, stride);
    if (Isa::kOverlaps && x.masks->keep.digits() == 1)
        return gradient<Isa, Masked::half>(x, j0, scale, to, stride);
    gradient<Isa, Masked::any>(x, j0, scale, to, stride);
}

template <class Isa>
void backward_any(const LayerBatch& x, std::size_t b0, std::size_t j0, std::size_t j1) {
    x.masks == nullptr ? backward<Isa, false>(x, b0, j0, j1) : backward<Isa, true>(x, b0, j0, j1);
}

template <class Isa>
void draw_tile(const MaskStream& masks, std::size_t b0, std::size_t j0, std::size_t i0, std::uint16_t* bits) {
    const typename Isa::Generator generator(&masks);
    draw(generator, b0, j0, i0, bits);
}

template <class Isa>
constexpr Kernels make_kernels(const char* name) {
    return {name, 32, forward_any<Isa>, gradient_any<Isa>, backward_any<Isa>, update<Isa>, draw_tile<Isa>};
}

}  // namespace
}  // namespace bouton::ann
