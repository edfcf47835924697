#include "tests/nn/foreign_readers.h"

#include <cstdio>
// jpeglib.h wants size_t and FILE declared before it.
#include <jpeglib.h>

#include <cstdlib>

#include "nn/data/csv.h"
#include "nn/data/idx.h"
#include "nn/data/record_io.h"
#include "nn/data/text.h"
#include "nn/data/tf_example.h"
#include "nn/data/vocabulary.h"
#include "nn/data/wav.h"
#include "nn/io/atomic_file.h"
#include "nn/io/gzip.h"
#include "nn/io/image_file.h"
#include "nn/io/katago_net.h"
#include "nn/io/npy.h"
#include "nn/io/npz.h"
#include "nn/io/safetensors.h"
#include "nn/io/tfrecord.h"
#include "tests/nn/katago_writer.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using namespace std::string_literals;

Tensor ramp(Shape shape) {
  Tensor out(shape);
  for (int64_t i = 0; i < out.size(); ++i) out.values()[i] = static_cast<float>(i % 64) / 64;
  return out;
}

// 20x12 in colour; progressive files take another way through the decoder.
std::string jpeg(bool progressive) {
  jpeg_compress_struct compress{};
  jpeg_error_mgr errors;
  compress.err = jpeg_std_error(&errors);
  jpeg_create_compress(&compress);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&compress, &bytes, &size);
  compress.image_width = 20;
  compress.image_height = 12;
  compress.input_components = 3;
  compress.in_color_space = JCS_RGB;
  jpeg_set_defaults(&compress);
  compress.restart_in_rows = 1;
  if (progressive) jpeg_simple_progression(&compress);
  jpeg_start_compress(&compress, TRUE);
  unsigned char row[60];
  for (int y = 0; y < 12; ++y) {
    for (int i = 0; i < 60; ++i) row[i] = static_cast<unsigned char>(i * 37 + y * 11);
    unsigned char* rows = row;
    jpeg_write_scanlines(&compress, &rows, 1);
  }
  jpeg_finish_compress(&compress);
  std::string out(reinterpret_cast<char*>(bytes), size);
  jpeg_destroy_compress(&compress);
  std::free(bytes);
  return out;
}

std::string wav(char coding, char bits, const std::string& sound) {
  return "RIFF\x40\0\0\0WAVEfmt \x10\0\0\0"s + coding + "\0\1\0\x40\x1f\0\0\x40\x1f\0\0"s +
         static_cast<char>(bits / 8) + "\0"s + bits + "\0LIST\3\0\0\0abc\0data"s +
         static_cast<char>(sound.size()) + "\0\0\0"s + sound;
}

std::string example() {
  TfExample out;
  out.features["image"].bytes = {"ab", "c"};
  out.features["label"].ints = {7, -1};
  out.features["weight"].floats = {0.5f, -2};
  return tf_example_bytes(out);
}

std::string record_io() {
  const std::string png = png_bytes(ramp({2, 2, 1}));
  const auto part = [](uint32_t kind, const std::string& data) {
    const uint32_t word = kind << 29 | static_cast<uint32_t>(data.size());
    std::string out = "\x0a\x23\xd7\xce"s;
    for (int i = 0; i < 4; ++i) out += static_cast<char>(word >> (8 * i));
    return out + data + std::string((4 - data.size() % 4) % 4, '\0');
  };
  // One label after the header; the id of the second begins with the magic number, where a writer
  // cuts it.
  const std::string header = "\1\0\0\0"s + std::string(20, '\0') + "\0\0\x40\x40"s;
  return part(0, header + png) + part(1, header.substr(0, 8)) + part(3, header.substr(12) + png);
}

std::string safetensors() {
  const std::string header = R"({"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,1],)"
                             R"("data_offsets":[0,8]},"h":{"dtype":"F16","shape":[2],)"
                             R"("data_offsets":[8,12]}})";
  return std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header +
         std::string(12, '\x3c');
}

std::string npz(ZipMethod method) {
  const ScratchFolder folder;
  save_npz(folder.path("a.npz"), {{"layer.weight", ramp({3, 2})}, {"bias", ramp({4})}}, method);
  return read_file(folder.path("a.npz"));
}

// Small enough that most of it is not weights, which may be any numbers.
std::string katago() {
  return small_katago_file({.stem_kernel = 1,
                            .kernel = 1,
                            .channels = 1,
                            .regular = 1,
                            .pool = 1,
                            .policy = 1,
                            .policy_pool = 1,
                            .value = 1,
                            .hidden = 1})
      .bytes;
}

void read_katago(const std::string& bytes) { KatagoNet(bytes, "a.bin").graph(3, 3); }

void read_tf_records(const std::string& bytes) {
  const TfRecordFile file(bytes, "a.tfrecord");
  for (int64_t i = 0; i < file.size(); ++i) parse_tf_example(file.record(i), "record");
}

void read_record_io(const std::string& bytes) {
  const RecordIoFile file(bytes, "a.rec");
  for (int64_t i = 0; i < file.size(); ++i) {
    const std::string record = file.record(i);
    parse_image(parse_image_record(record, "record").image, "record");
  }
}

std::vector<ForeignReader> make_readers() {
  const std::string idx = "\0\0\x08\x02\0\0\0\2\0\0\0\3abcdef"s;
  const std::string wide = "\0\0\x0e\x01\0\0\0\1\x40\0\0\0\0\0\0\0"s;
  return {
      {"idx", {idx, wide}, [](const std::string& b) { parse_idx(b, "a.idx"); }},
      {"gzip", {gzip(idx), gzip("")}, [](const std::string& b) { gunzip(b, "a.gz"); }},
      {"csv", {"a,\"b\"\n1,2\n-3e4,.5\n"}, [](const std::string& b) { parse_csv(b, "a.csv"); }},
      {"utf8", {"aß天𝛑"}, [](const std::string& b) { split_characters(b); }},
      {"vocabulary",
       {Vocabulary("ab", {.specials = true}).to_json()},
       [](const std::string& b) { Vocabulary::from_json(b); }},
      {"wav",
       {wav(1, 8, "abc"), wav(1, 16, "abcd"), wav(1, 24, "abcdef"), wav(3, 32, "abcd")},
       [](const std::string& b) { mono(parse_wav(b, "a.wav")); }},
      {"tf_record", {framed_record(example()) + framed_record("")}, read_tf_records},
      {"tf_example", {example()}, [](const std::string& b) { parse_tf_example(b, "e"); }},
      {"record_io", {record_io()}, read_record_io},
      {"png",
       {png_bytes(ramp({3, 5, 1})), png_bytes(ramp({3, 5, 4}))},
       [](const std::string& b) { parse_image(b, "a.png"); }},
      {"jpeg", {jpeg(false), jpeg(true)}, [](const std::string& b) { parse_image(b, "a.jpeg"); }},
      {"safetensors",
       {safetensors()},
       [](const std::string& b) { parse_safetensors(b, "a.safetensors"); }},
      {"npy", {npy_bytes(ramp({3, 2}))}, [](const std::string& b) { parse_npy(b, "a.npy"); }},
      {"npz",
       {npz(ZipMethod::kStored), npz(ZipMethod::kDeflated)},
       [](const std::string& b) { parse_npz(b, "a.npz"); }},
      {"katago", {katago(), gzip(katago())}, read_katago},
  };
}

}  // namespace

const std::vector<ForeignReader>& foreign_readers() {
  static const std::vector<ForeignReader> readers = make_readers();
  return readers;
}

}  // namespace tengen::nn
