// SPDX-License-Identifier: BSD-3-Clause
// The metadata cache is told to keep everything until a flush, and chunks are written past the chunk cache, into
// space that the structure on disk does not mention yet; together they give create_file's promise.
#include "io/hdf5/objects.hpp"

namespace bouton::io {
namespace {

Handle file_access() {
    Handle access(checked(H5Pcreate(H5P_FILE_ACCESS), "set up the output"), H5Pclose);
    // Superblock version 2: later ones mark a file that was not closed, and plain readers then refuse it.
    check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18), "set up the output");
    // OutputFile holds the lock; one of HDF5's own would keep readers away while the run goes on.
    check(H5Pset_file_locking(access.get(), false, true), "set up the output");
    check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "set up the output");

    H5AC_cache_config_t cache = {};
    cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
    check(H5Pget_mdc_config(access.get(), &cache), "set up the output");
    cache.evictions_enabled = false;
    cache.incr_mode = H5C_incr__off;
    cache.flash_incr_mode = H5C_flash_incr__off;
    cache.decr_mode = H5C_decr__off;
    check(H5Pset_mdc_config(access.get(), &cache), "set up the output");
    return access;
}

Handle scalar_space() { return {checked(H5Screate(H5S_SCALAR), "write an attribute"), H5Sclose}; }

void write_attribute_as(const Handle& object, const std::string& name, hid_t file_type, hid_t memory_type,
                        const void* value) {
    const std::string what = "write the attribute '" + name + "'";
    if (H5Aexists(object.get(), name.c_str()) > 0) check(H5Adelete(object.get(), name.c_str()), what);
    const Handle space = scalar_space();
    const Handle attribute(
        checked(H5Acreate2(object.get(), name.c_str(), file_type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                what),
        H5Aclose);
    check(H5Awrite(attribute.get(), memory_type, value), what);
}

Handle write_values(const Handle& group, const std::string& name, hid_t file_type, hid_t memory_type,
                    const void* values, std::span<const hsize_t> shape) {
    const std::string what = "write '" + name + "'";
    const Handle space(checked(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), what),
                       H5Sclose);
    Handle dataset(checked(H5Dcreate2(group.get(), name.c_str(), file_type, space.get(), H5P_DEFAULT,
                                      H5P_DEFAULT, H5P_DEFAULT),
                           what),
                   H5Dclose);
    if (H5Sget_simple_extent_npoints(space.get()) > 0)
        check(H5Dwrite(dataset.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), what);
    return dataset;
}

template <class Number>
Handle write_column(const Handle& group, const std::string& name, hid_t file_type, hid_t memory_type,
                    Part part, std::span<const Number> values) {
    const hsize_t total[] = {static_cast<hsize_t>(part.total)};
    const hsize_t first[] = {static_cast<hsize_t>(part.first)};
    const hsize_t count[] = {values.size()};
    if (count[0] == total[0]) return write_values(group, name, file_type, memory_type, values.data(), total);
    const std::string what = "write '" + name + "'";
    const Handle space(checked(H5Screate_simple(1, total, nullptr), what), H5Sclose);
    Handle dataset(checked(part.first == 0 ? H5Dcreate2(group.get(), name.c_str(), file_type, space.get(),
                                                        H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)
                                           : H5Dopen2(group.get(), name.c_str(), H5P_DEFAULT),
                           what),
                   H5Dclose);
    const Handle memory_space(checked(H5Screate_simple(1, count, nullptr), what), H5Sclose);
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, first, nullptr, count, nullptr), what);
    check(H5Dwrite(dataset.get(), memory_type, memory_space.get(), space.get(), H5P_DEFAULT, values.data()),
          what);
    return dataset;
}

template <class Number>
Handle write_column(const Handle& group, const std::string& name, hid_t file_type, hid_t memory_type,
                    std::span<const Number> values) {
    return write_column(group, name, file_type, memory_type,
                        Part{static_cast<std::int64_t>(values.size()), 0}, values);
}

}  // namespace

Handle create_file(const std::filesystem::path& path, const std::string& version, std::size_t head_bytes) {
    quiet_hdf5();
    const Handle access = file_access();
    const Handle creation(checked(H5Pcreate(H5P_FILE_CREATE), "set up the output"), H5Pclose);
    check(H5Pset_userblock(creation.get(), head_bytes), "set up the output");
    Handle file(checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), "create"),
                H5Fclose);
    write_attribute(file, "bouton_version", version);
    flush_file(file);
    return file;
}

void flush_file(const Handle& file) { check(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), "write"); }

void remove_object(const Handle& parent, const std::string& name) {
    if (H5Lexists(parent.get(), name.c_str(), H5P_DEFAULT) > 0)
        check(H5Ldelete(parent.get(), name.c_str(), H5P_DEFAULT), "remove '" + name + "'");
}

Handle make_group(const Handle& parent, const std::string& name) {
    const std::string what = "make the group '" + name + "'";
    if (H5Lexists(parent.get(), name.c_str(), H5P_DEFAULT) > 0) {
        return {checked(H5Gopen2(parent.get(), name.c_str(), H5P_DEFAULT), what), H5Gclose};
    }
    return {checked(H5Gcreate2(parent.get(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), what),
            H5Gclose};
}

void write_attribute(const Handle& object, const std::string& name, std::string_view text) {
    const Handle type(checked(H5Tcopy(H5T_C_S1), "write an attribute"), H5Tclose);
    check(H5Tset_size(type.get(), H5T_VARIABLE), "write an attribute");
    check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "write an attribute");
    const std::string terminated(text);
    const char* pointer = terminated.c_str();
    write_attribute_as(object, name, type.get(), type.get(), &pointer);
}

void write_attribute(const Handle& object, const std::string& name, double value) {
    write_attribute_as(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

void write_attribute(const Handle& object, const std::string& name, std::int64_t value) {
    write_attribute_as(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void write_attribute(const Handle& object, const std::string& name, std::uint64_t value) {
    write_attribute_as(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &value);
}

Handle write_dataset(const Handle& group, const std::string& name, std::span<const double> values) {
    return write_column(group, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values);
}

Handle write_dataset(const Handle& group, const std::string& name, std::span<const float> values) {
    return write_column(group, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values);
}

Handle write_dataset(const Handle& group, const std::string& name, std::span<const std::int64_t> values) {
    return write_column(group, name, H5T_STD_I64LE, H5T_NATIVE_INT64, values);
}

Handle write_dataset(const Handle& group, const std::string& name, std::span<const std::uint32_t> values) {
    return write_column(group, name, H5T_STD_U32LE, H5T_NATIVE_UINT32, values);
}

Handle write_part(const Handle& group, const std::string& name, Part part, std::span<const double> values) {
    return write_column(group, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, part, values);
}

Handle write_part(const Handle& group, const std::string& name, Part part, std::span<const float> values) {
    return write_column(group, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, part, values);
}

Handle write_part(const Handle& group, const std::string& name, Part part,
                  std::span<const std::int64_t> values) {
    return write_column(group, name, H5T_STD_I64LE, H5T_NATIVE_INT64, part, values);
}

Handle write_part(const Handle& group, const std::string& name, Part part,
                  std::span<const std::uint32_t> values) {
    return write_column(group, name, H5T_STD_U32LE, H5T_NATIVE_UINT32, part, values);
}

Handle write_rows(const Handle& group, const std::string& name, std::span<const float> values,
                  std::size_t columns) {
    const hsize_t shape[] = {values.size() / columns, columns};
    return write_values(group, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values.data(), shape);
}

}  // namespace bouton::io
