// SPDX-License-Identifier: BSD-3-Clause
#include "cli/predictions_file.hpp"

#include "io/hdf5/objects.hpp"

#include <fmt/format.h>
#include <fmt/os.h>

#include <algorithm>
#include <system_error>

namespace bouton::cli {
namespace {

std::vector<std::uint32_t> most_probable(const ann::Matrix& probabilities) {
    std::vector<std::uint32_t> classes;
    for (std::size_t k = 0; k < probabilities.rows(); ++k) {
        const auto row = probabilities.values(k);
        classes.push_back(static_cast<std::uint32_t>(std::max_element(row.begin(), row.end()) - row.begin()));
    }
    return classes;
}

}  // namespace

void PredictionsFile::write_csv(const ann::Matrix& probabilities, const ann::Dataset& data) const {
    const auto predictions = most_probable(probabilities);
    try {
        auto file = fmt::output_file(output_.partial().c_str());
        file.print("example,label,prediction");
        for (std::size_t c = 0; c < probabilities.columns(); ++c) file.print(",p{}", c);
        file.print("\n");
        for (std::size_t k = 0; k < probabilities.rows(); ++k) {
            file.print("{},{},{}", k, data.labels[k], predictions[k]);
            for (const float p : probabilities.values(k)) file.print(",{}", p);
            file.print("\n");
        }
        file.close();
    } catch (const std::system_error& error) {
        throw io::WriteError("write", error.code().message());
    }
}

void PredictionsFile::write_hdf5(const ann::Matrix& probabilities, const ann::Dataset& data,
                                 const PredictionNotes& notes) const {
    io::Handle file = io::create_file(output_.partial(), version_);
    for (const auto& [name, text] : notes) io::write_attribute(file, name, text);
    std::vector<float> values;
    for (std::size_t k = 0; k < probabilities.rows(); ++k)
        values.insert(values.end(), probabilities.values(k).begin(), probabilities.values(k).end());
    io::write_rows(file, "probabilities", values, probabilities.columns());
    io::write_dataset(file, "labels", std::vector<std::uint32_t>(data.labels.begin(), data.labels.end()));
    io::write_dataset(file, "predictions", most_probable(probabilities));
    io::flush_file(file);
    if (!file.reset()) throw io::WriteError("finish", io::last_cause());
}

void PredictionsFile::write(const ann::Matrix& probabilities, const ann::Dataset& data,
                            const PredictionNotes& notes) {
    output_.write([&] {
        if (output_.path().extension() == ".csv")
            write_csv(probabilities, data);
        else
            write_hdf5(probabilities, data, notes);
        output_.commit();
    });
}

}  // namespace bouton::cli
