#include "agents/gtp_link.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/process/args.hpp>
#include <boost/process/async_pipe.hpp>
#include <boost/process/child.hpp>
#include <boost/process/error.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/search_path.hpp>
#include <chrono>
#include <thread>

#include <fmt/format.h>

namespace tengen::agents {
namespace {

namespace process = boost::process;
using Time = std::chrono::steady_clock::time_point;

constexpr size_t kMostAnswerBytes = 1 << 20;
constexpr size_t kErrorTailBytes = 400;  // of standard error, kept for the reason of a failure
constexpr auto kQuitPatience = std::chrono::milliseconds(300);

Time after(double seconds) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(
             std::chrono::duration<double>(seconds));
}

// One line of printable text, for messages.
std::string printable(std::string text, size_t most) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126) c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (text.size() > most) text = text.substr(0, most) + "...";
  return text;
}

// A pipe that programs started later do not inherit: with a copy of the writing end in another
// child, a program would never see the end of its input.
process::async_pipe private_pipe(boost::asio::io_context& io) {
  process::async_pipe pipe(io);
  ::fcntl(pipe.native_source(), F_SETFD, FD_CLOEXEC);
  ::fcntl(pipe.native_sink(), F_SETFD, FD_CLOEXEC);
  return pipe;
}

boost::filesystem::path find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const boost::filesystem::path found = process::search_path(name);
  // Debian keeps gnugo where the PATH of root does not look.
  return found.empty() ? process::search_path(name, {"/usr/games", "/usr/local/games"}) : found;
}

process::child launch(const std::string& command, process::async_pipe& in, process::async_pipe& out,
                      process::async_pipe& err) {
  std::vector<std::string> words = split_words(command);
  if (words.empty()) throw Error("the command of the external program is empty");
  const boost::filesystem::path file = find_program(words.front());
  if (file.empty() || ::access(file.c_str(), X_OK) != 0) {
    throw Error("cannot start '" + command + "': there is no program '" + words.front() + "'");
  }
  words.erase(words.begin());
  // An own process group: Ctrl-C at the terminal is for us, and killing reaches what the program
  // started itself.
  const auto prepare = [](auto&) {
    ::setpgid(0, 0);
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  };
  std::error_code error;
  process::child child(file, process::args(words), process::std_in<in, process::std_out> out,
                       process::std_err > err, process::extend::on_exec_setup = prepare, error);
  if (error) throw Error("cannot start '" + command + "': " + error.message());
  return child;
}

}  // namespace

// Both readers stay armed for the life of the process, so that a program that talks much on
// standard error never blocks in the middle of a command.
struct GtpLink::Process {
  explicit Process(const std::string& command)
      : in(private_pipe(io)),
        out(private_pipe(io)),
        err(private_pipe(io)),
        child(launch(command, in, out, err)) {
    read_out();
    read_err();
  }

  void read_out() {
    out.async_read_some(boost::asio::buffer(out_buffer), [this](auto error, size_t bytes) {
      if (error) {
        ended = true;
        return;
      }
      for (size_t i = 0; i < bytes; ++i) {
        if (out_buffer[i] != '\r') received += out_buffer[i];
      }
      read_out();
    });
  }

  void read_err() {
    err.async_read_some(boost::asio::buffer(err_buffer), [this](auto error, size_t bytes) {
      if (error) return;
      error_tail.append(err_buffer.data(), bytes);
      if (error_tail.size() > kErrorTailBytes) {
        error_tail.erase(0, error_tail.size() - kErrorTailBytes);
      }
      read_err();
    });
  }

  // Serves the pipes until `done` or the deadline.
  template <class Done>
  void serve(const Done& done, Time deadline) {
    while (!done()) {
      if (io.stopped()) io.restart();
      if (io.run_one_until(deadline) == 0) return;
    }
  }

  // Whether the program has ended by itself within the time; reaps it if so.
  bool ends_within(std::chrono::milliseconds patience) {
    const Time deadline = std::chrono::steady_clock::now() + patience;
    std::error_code ignored;
    while (child.running(ignored)) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      serve([] { return false; }, std::chrono::steady_clock::now() + std::chrono::milliseconds(5));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  boost::asio::io_context io;
  process::async_pipe in, out, err;
  process::child child;
  std::array<char, 4096> out_buffer, err_buffer;
  std::string received;  // not yet consumed answers
  std::string error_tail;
  bool ended = false;  // the program closed its output
};

GtpLink::GtpLink(const std::string& command) {
  ::signal(SIGPIPE, SIG_IGN);  // writing to a dead program is an error, not our death
  try {
    process_ = std::make_unique<Process>(command);
  } catch (const std::system_error& error) {
    throw Error("cannot start '" + command + "': " + error.what());
  }
}

GtpLink::~GtpLink() {
  const int id = process_->child.id();
  boost::system::error_code ignored;
  const std::string quit = "quit\n";
  ::fcntl(process_->in.native_sink(), F_SETFL, O_NONBLOCK);
  process_->in.write_some(boost::asio::buffer(quit), ignored);
  process_->in.close(ignored);
  const bool gone = process_->ends_within(kQuitPatience);
  ::killpg(id, SIGKILL);  // the program, or what it left behind
  std::error_code error;
  if (!gone) process_->child.wait(error);
}

GtpLink::Answer GtpLink::ask(const std::string& command, double timeout_s) {
  Process& p = *process_;
  const Time deadline = after(timeout_s);
  p.received.clear();  // whatever came without being asked
  const std::string line = command + "\n";
  bool write_failed = false;
  boost::asio::async_write(p.in, boost::asio::buffer(line),
                           [&](auto error, size_t) { write_failed = static_cast<bool>(error); });
  size_t end = std::string::npos;
  p.serve(
      [&] {
        // An answer ends with an empty line; empty lines before it are skipped.
        p.received.erase(0, p.received.find_first_not_of('\n'));
        end = p.received.find("\n\n");
        return p.ended || write_failed || end != std::string::npos ||
               p.received.size() > kMostAnswerBytes;
      },
      deadline);
  p.in.cancel();  // a write that is still under way refers to `line`
  p.io.poll();
  if (end == std::string::npos) {
    if (p.ended || write_failed) throw Error(died() + " at '" + command + "'");
    if (p.received.size() > kMostAnswerBytes) throw Error("answered '" + command + "' without end");
    throw Error(fmt::format("gave no answer to '{}' within {:g} s", command, timeout_s));
  }
  const std::string text = p.received.substr(0, end);
  p.received.clear();
  if (text[0] != '=' && text[0] != '?') {
    throw Error("answered '" + command + "' with '" + printable(text, 60) + "', which is not GTP");
  }
  const size_t begin = text.find_first_not_of(" \t", 1);
  return {text[0] == '=', begin == std::string::npos ? "" : text.substr(begin)};
}

std::string GtpLink::died() {
  std::string how = "closed its output";
  if (process_->ends_within(kQuitPatience)) {
    const int status = process_->child.native_exit_code();
    how = WIFSIGNALED(status) ? fmt::format("was killed by signal {}", WTERMSIG(status))
                              : fmt::format("ended with exit status {}", WEXITSTATUS(status));
  }
  const std::string said = printable(process_->error_tail, kErrorTailBytes);
  return said.empty() ? how : how + " (" + said + ")";
}

std::vector<std::string> split_words(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < command.size();
    if (escapes) {
      word += command[++i];
      in_word = true;
    } else if (quote) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote)
    throw Error("the quote " + std::string(1, quote) + " is not closed in '" + command + "'");
  if (in_word) words.push_back(std::move(word));
  return words;
}

}  // namespace tengen::agents
