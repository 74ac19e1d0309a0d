// SPDX-License-Identifier: BSD-3-Clause
#include "ann/idx.hpp"

#include "ann/idx_array.hpp"
#include "base/diagnostics.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace bouton::ann {
namespace {

namespace fs = std::filesystem;
using base::Code;

/// A part of MNIST (LeCun, Bottou, Bengio & Haffner 1998) with the SHA-256 of its unpacked files.
struct Original {
    const char* images;
    const char* labels;
    std::size_t count;
    std::string_view images_sha256;
    std::string_view labels_sha256;
};

constexpr Original kTrain = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", 60000,
                             "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                             "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"};
constexpr Original kTest = {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 10000,
                            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"};

[[noreturn]] void refuse(Code code, const std::string& what, const std::string& hint) {
    base::Diagnostics diagnostics;
    diagnostics.error(code, {}, what, hint);
    throw base::DiagnosticError(std::move(diagnostics));
}

fs::path find(const fs::path& folder, const char* name) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        refuse(Code::E701, fmt::format("'{}': no such folder", folder.string()),
               "name the folder that holds MNIST's four files");
    }
    fs::path raw = folder / name;
    fs::path packed = raw;
    packed += ".gz";
    if (fs::exists(packed, ignored)) return packed;
    if (fs::exists(raw, ignored)) return raw;
    refuse(Code::E701, fmt::format("'{}': holds neither {}.gz nor {}", folder.string(), name, name),
           "put MNIST's four files into this folder or name another");
}

void check_content(const fs::path& file, const IdxArray& array, std::string_view sha256) {
    if (array.sha256 == sha256) return;
    refuse(
        Code::E705,
        fmt::format("'{}': has the name and the size of MNIST, but its unpacked SHA-256 is {}, expected {}",
                    file.string(), array.sha256, sha256),
        "fetch the file again; if the folder holds other data in this format, say so (--other-data)");
}

void check_labels(const fs::path& file, const IdxArray& labels, std::size_t classes) {
    const auto wrong = std::find_if(labels.values.begin(), labels.values.end(),
                                    [&](std::uint8_t label) { return label >= classes; });
    if (wrong == labels.values.end()) return;
    refuse(Code::E704,
           fmt::format("'{}': label {} of example {}, expected 0 to {}", file.string(), *wrong,
                       wrong - labels.values.begin(), classes - 1),
           "state the number of classes of these data");
}

}  // namespace

Dataset load_mnist_part(const fs::path& folder, Part part, const IdxOptions& options) {
    const Original& original = part == Part::train ? kTrain : kTest;
    const fs::path images_file = find(folder, original.images);
    const fs::path labels_file = find(folder, original.labels);
    IdxArray images = read_idx(images_file, 3);
    IdxArray labels = read_idx(labels_file, 1);

    const std::size_t count = images.shape[0];
    if (labels.shape[0] != count) {
        refuse(Code::E704,
               fmt::format("'{}' holds {} labels, but '{}' {} images", labels_file.string(), labels.shape[0],
                           images_file.string(), count),
               "both files must come from the same data set");
    }
    if (images.values.empty()) {
        refuse(Code::E704, fmt::format("'{}': holds no image", images_file.string()), "name another folder");
    }
    const bool looks_original = count == original.count && images.shape[1] == 28 && images.shape[2] == 28;
    if (looks_original && !options.any_data) {
        check_content(images_file, images, original.images_sha256);
        check_content(labels_file, labels, original.labels_sha256);
    }
    check_labels(labels_file, labels, options.classes);

    if (options.opened != nullptr) {
        base::note_input(*options.opened, images_file);
        base::note_input(*options.opened, labels_file);
    }
    const bool mnist = images.sha256 == original.images_sha256 && labels.sha256 == original.labels_sha256;
    return {.name = mnist ? "MNIST" : fmt::format("{} {:.12}", original.images, images.sha256),
            .height = images.shape[1],
            .width = images.shape[2],
            .classes = options.classes,
            .bytes = std::move(images.values),
            .labels = std::move(labels.values)};
}

}  // namespace bouton::ann
