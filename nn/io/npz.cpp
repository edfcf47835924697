#include "nn/io/npz.h"

#include <zip.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "nn/io/npy.h"

namespace tengen::nn {
namespace {

constexpr std::string_view kSuffix = ".npy";
// An entry's size in the archive may lie, so memory grows with what was really unpacked.
constexpr size_t kBlock = size_t{1} << 20;

struct ZipDeleter {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, ZipDeleter>;
using ArchivedFile = std::unique_ptr<zip_file_t, ZipDeleter>;
using Source = std::unique_ptr<zip_source_t, ZipDeleter>;

[[noreturn]] void fail(const std::string& name, const std::string& what, zip_error_t& error) {
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw Error(name + ": " + what + ": " + reason);
}

// The archive in a source of memory; it takes a share of the source.
Archive open_archive(zip_source_t* source, int flags, const std::string& name) {
  zip_error_t error;
  zip_error_init(&error);
  Archive archive(zip_open_from_source(source, flags, &error));
  if (!archive) fail(name, "not a readable .npz archive", error);
  zip_error_fini(&error);
  zip_source_keep(source);
  return archive;
}

std::string unpacked(zip_t* archive, uint64_t index, const std::string& entry) {
  const auto give_up = [&](zip_error_t* error) {
    throw Error(entry + ": cannot be unpacked: " + zip_error_strerror(error));
  };
  const ArchivedFile file(zip_fopen_index(archive, index, 0));
  if (!file) give_up(zip_get_error(archive));
  std::string bytes;
  for (;;) {
    const size_t before = bytes.size();
    bytes.resize(before + kBlock);
    const zip_int64_t count = zip_fread(file.get(), bytes.data() + before, kBlock);
    if (count < 0) give_up(zip_file_get_error(file.get()));
    bytes.resize(before + static_cast<size_t>(count));
    if (count == 0) return bytes;
  }
}

void add_entry(zip_t* archive, const std::string& path, const std::string& bytes, ZipMethod method,
               const std::string& file) {
  Source source(zip_source_buffer(archive, bytes.data(), bytes.size(), 0));
  const zip_int64_t index = source ? zip_file_add(archive, (path + std::string(kSuffix)).c_str(),
                                                  source.get(), ZIP_FL_ENC_UTF_8)
                                   : -1;
  if (index < 0) throw Error(file + ": " + path + ": cannot be packed: " + zip_strerror(archive));
  source.release();  // the archive's now
  zip_set_file_compression(archive, static_cast<uint64_t>(index),
                           method == ZipMethod::kStored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 0);
  // One date for all, the zip format's first: equal tensors make equal files.
  zip_file_set_dostime(archive, static_cast<uint64_t>(index), 0, 1 << 5 | 1, 0);
}

std::string whole(zip_source_t* source, const std::string& file) {
  zip_stat_t stat;
  std::string bytes;
  bool good = zip_source_open(source) == 0;
  if (good) {
    good = zip_source_stat(source, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE);
    if (good) bytes.resize(stat.size);
    good = good && zip_source_read(source, bytes.data(), bytes.size()) ==
                       static_cast<zip_int64_t>(bytes.size());
    zip_source_close(source);
  }
  if (!good)
    throw Error(file + ": cannot be packed: " + zip_error_strerror(zip_source_error(source)));
  return bytes;
}

}  // namespace

void save_npz(const std::string& path, const std::vector<NamedTensor>& tensors, ZipMethod method) {
  zip_error_t error;
  zip_error_init(&error);
  const Source memory(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!memory) fail(path, "cannot be packed", error);
  zip_error_fini(&error);
  Archive archive = open_archive(memory.get(), ZIP_TRUNCATE, path);
  std::vector<std::string> arrays;  // libzip reads them when it closes the archive
  arrays.reserve(tensors.size());
  for (const NamedTensor& entry : tensors) {
    arrays.push_back(npy_bytes(entry.tensor));
    add_entry(archive.get(), entry.path, arrays.back(), method, path);
  }
  if (zip_close(archive.get()) != 0)
    throw Error(path + ": cannot be packed: " + zip_strerror(archive.get()));
  archive.release();
  write_file_atomically(path, whole(memory.get(), path));
}

std::vector<NamedTensor> load_npz(const std::string& path) {
  return parse_npz(read_file(path), path);
}

std::vector<NamedTensor> parse_npz(std::string_view bytes, const std::string& name) {
  // libzip would take nothing for an archive of nothing.
  if (bytes.empty()) throw Error(name + ": not a readable .npz archive: it is empty");
  zip_error_t error;
  zip_error_init(&error);
  const Source memory(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
  if (!memory) fail(name, "not a readable .npz archive", error);
  zip_error_fini(&error);
  const Archive archive = open_archive(memory.get(), ZIP_RDONLY, name);
  std::vector<NamedTensor> tensors;
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < entries; ++i) {
    const char* stored = zip_get_name(archive.get(), static_cast<uint64_t>(i), 0);
    std::string path = stored ? stored : "entry " + std::to_string(i);
    const std::string place = name + ": " + path;
    Tensor tensor = parse_npy(unpacked(archive.get(), static_cast<uint64_t>(i), place), place);
    if (path.ends_with(kSuffix)) path.resize(path.size() - kSuffix.size());
    tensors.push_back({path, std::move(tensor)});
  }
  return tensors;
}

}  // namespace tengen::nn
