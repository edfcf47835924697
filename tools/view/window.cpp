#include "tools/view/window.h"

#include "nn/base/check.h"

#ifdef TENGEN_SDL2

#include <SDL.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

#include "nn/io/image_file.h"
#include "tools/view/paint.h"

namespace tengen::tools::view {
namespace {

constexpr int kFrameMs = 16;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double processor_seconds() {  // of this thread
  rusage used{};
  getrusage(RUSAGE_THREAD, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

[[noreturn]] void fail_without_display(const std::string& why) {
  throw Error("no window can be opened (" + why +
              "); without a display, tengen view FILE --export-png FOLDER makes pictures");
}

struct Video {
  Video() {
    const auto set = [](const char* name) { return std::getenv(name) != nullptr; };
    if (!set("DISPLAY") && !set("WAYLAND_DISPLAY") && !set("SDL_VIDEODRIVER"))
      fail_without_display("neither DISPLAY nor WAYLAND_DISPLAY is set");
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    // Straight to the display: a renderer would load a whole OpenGL for one copy of pixels.
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    // In place of a display that cannot be reached SDL would take one that nobody sees.
    if (!set("SDL_VIDEODRIVER"))
      SDL_SetHint(SDL_HINT_VIDEODRIVER, set("WAYLAND_DISPLAY") ? "wayland,x11" : "x11");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) fail_without_display(SDL_GetError());
  }
  ~Video() { SDL_Quit(); }
};
struct CloseWindow {
  void operator()(SDL_Window* window) const { SDL_DestroyWindow(window); }
};

class Window {
 public:
  Window(Shown& shown, const WindowOptions& options) : shown_(shown), options_(options) {
    window_.reset(SDL_CreateWindow(options.title.c_str(), SDL_WINDOWPOS_CENTERED,
                                   SDL_WINDOWPOS_CENTERED, options.width, options.height,
                                   SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI));
    if (!window_) throw Error(std::string("no window can be opened: ") + SDL_GetError());
    SDL_SetWindowMinimumSize(window_.get(), 320, 240);
    fit();
  }

  void run() {
    draw();
    size_t line = 0;
    while (!shown_.closed() && !closed_) {
      if (line < options_.script.size() && follow(options_.script[line])) ++line;
      SDL_Event event;
      const bool busy = line < options_.script.size();
      if (SDL_WaitEventTimeout(&event, busy ? 1 : kFrameMs) != 0) {
        do handle(event);
        while (SDL_PollEvent(&event) != 0);
      }
      if (shown_.look()) dirty_ = true;
      if (dirty_ && now() - drawn_s_ >= 0.001 * kFrameMs) draw();
    }
  }

 private:
  void fit() {
    const SDL_Surface* surface = SDL_GetWindowSurface(window_.get());
    if (!surface) throw Error(std::string("the window cannot be drawn on: ") + SDL_GetError());
    int width = 0, height = 0;
    SDL_GetWindowSize(window_.get(), &width, &height);
    density_ = static_cast<double>(surface->w) / std::max(1, width);
    canvas_ = std::make_unique<Canvas>(surface->w, surface->h);
    shown_.resize(surface->w, surface->h, 1.0);
    dirty_ = true;
  }

  void draw() {
    painter_.paint(*canvas_, shown_.layout(), shown_.scene());
    SDL_Surface* surface = SDL_GetWindowSurface(window_.get());
    if (!surface) return;
    if (surface->w != canvas_->width() || surface->h != canvas_->height()) return fit();
    SDL_ConvertPixels(surface->w, surface->h, SDL_PIXELFORMAT_RGB888, canvas_->rows(),
                      canvas_->stride(), surface->format->format, surface->pixels, surface->pitch);
    SDL_UpdateWindowSurface(window_.get());
    drawn_s_ = now();
    dirty_ = false;
  }

  void handle(const SDL_Event& event) {
    switch (event.type) {
      case SDL_QUIT:
        closed_ = true;
        return;
      case SDL_KEYDOWN:
        key(event.key.keysym);
        break;
      case SDL_MOUSEMOTION:
        if ((event.motion.state & SDL_BUTTON_LMASK) != 0)
          shown_.mouse_drags(at(event.motion.x, event.motion.y));
        else
          shown_.mouse_moves(at(event.motion.x, event.motion.y));
        break;
      case SDL_MOUSEBUTTONDOWN:
        if (event.button.button == SDL_BUTTON_LEFT)
          shown_.mouse_clicks(at(event.button.x, event.button.y));
        break;
      case SDL_MOUSEWHEEL:
        shown_.wheel(-event.wheel.y);
        break;
      case SDL_WINDOWEVENT:
        if (event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED) fit();
        break;
      default:
        return;
    }
    dirty_ = true;
  }

  Point at(int x, int y) const { return {x * density_, y * density_}; }

  void key(const SDL_Keysym& pressed) {
    const bool shift = (pressed.mod & KMOD_SHIFT) != 0;
    const auto command = command_of(SDL_GetKeyName(pressed.sym), shift);
    if (!command) return;
    if (*command == Command::kSave) return save(free_name());
    if (*command == Command::kFullScreen) {
      const bool full = (SDL_GetWindowFlags(window_.get()) & SDL_WINDOW_FULLSCREEN) != 0;
      SDL_SetWindowFullscreen(window_.get(), full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
      return;
    }
    shown_.command(*command);
  }

  std::string free_name() const {
    std::filesystem::path path = options_.picture;
    for (int i = 2; std::filesystem::exists(path); ++i)
      path.replace_filename(fmt::format("{}-{}{}",
                                        std::filesystem::path(options_.picture).stem().string(), i,
                                        path.extension().string()));
    return path.string();
  }
  void save(const std::string& path) {
    draw();
    nn::write_png(path, canvas_->pixels());
    std::cerr << "picture: " << path << "\n";
  }

  // True when the line is done.
  bool follow(const ScriptLine& line) {
    const auto number = [&](size_t i) {
      try {
        return std::stoi(line.arguments.at(i));
      } catch (const std::logic_error&) {
        throw Error(line.place + ": \"" + line.arguments.at(i) + "\" is not a number");
      }
    };
    if (line.word == "key") push_key(line);
    if (line.word == "click" || line.word == "move") push_mouse(line);
    if (line.word == "wheel") {
      SDL_Event event{};
      event.type = SDL_MOUSEWHEEL;
      event.wheel.y = -number(0);
      SDL_PushEvent(&event);
    }
    if (line.word == "size") SDL_SetWindowSize(window_.get(), number(0), number(1));
    if (line.word == "visits") return shown_.judged_by(number(0));
    if (line.word == "quiet") return shown_.quiet();
    if (line.word == "wait") {
      if (wait_until_s_ == 0) wait_until_s_ = now() + 0.001 * number(0);
      if (now() < wait_until_s_) return false;
      wait_until_s_ = 0;
    }
    if (line.word == "save") save(line.arguments[0]);
    if (line.word == "tell") tell();
    if (line.word == "frames") measure(number(0));
    if (line.word == "quit") closed_ = true;
    return true;
  }

  void push_key(const ScriptLine& line) {
    std::string name = line.arguments[0];
    SDL_Event event{};
    event.type = SDL_KEYDOWN;
    if (name.starts_with("Shift+")) {
      event.key.keysym.mod = KMOD_SHIFT;
      name = name.substr(6);
    }
    for (size_t i = 1; i < line.arguments.size(); ++i) name += " " + line.arguments[i];
    event.key.keysym.sym = SDL_GetKeyFromName(name.c_str());
    if (event.key.keysym.sym == SDLK_UNKNOWN)
      throw Error(line.place + ": there is no key \"" + name + "\"");
    SDL_PushEvent(&event);
  }

  void push_mouse(const ScriptLine& line) {
    Point to;
    if (line.arguments.size() > 1) {
      to = {std::stod(line.arguments[0]), std::stod(line.arguments[1])};
    } else {
      const Scene scene = shown_.scene();
      const int point = named_point(scene.board, line.arguments[0]);
      if (point < 0) throw Error(line.place + ": there is no point \"" + line.arguments[0] + "\"");
      to = grid_of(shown_.layout().board, scene.board).centre(scene.board, point);
    }
    SDL_Event event{};
    const int x = static_cast<int>(to.x / density_), y = static_cast<int>(to.y / density_);
    if (line.word == "click") {
      event.type = SDL_MOUSEBUTTONDOWN;
      event.button.button = SDL_BUTTON_LEFT;
      event.button.x = x;
      event.button.y = y;
    } else {
      event.type = SDL_MOUSEMOTION;
      event.motion.x = x;
      event.motion.y = y;
    }
    SDL_PushEvent(&event);
  }

  void tell() const {
    const Scene scene = shown_.scene();
    for (const PanelLine& text : scene.panel) fmt::print("{}\n", text.text);
    if (scene.wall)
      for (const WallGame& game : scene.wall->games) fmt::print("game {}\n", game.caption);
    if (!scene.comment.empty()) fmt::print("comment: {}\n", scene.comment);
    if (!scene.banner.empty()) fmt::print("banner: {}\n", scene.banner);
    std::fflush(stdout);
  }

  // Frames at their usual rate, though nothing may have changed, and what they cost.
  void measure(int frames) {
    const double begin = now(), used = processor_seconds();
    for (int i = 0; i < frames; ++i) {
      shown_.look();
      draw();
      const double next = begin + (i + 1) / 60.0;
      if (next > now()) std::this_thread::sleep_for(std::chrono::duration<double>(next - now()));
    }
    const double seconds = now() - begin;
    fmt::print("{:.1f} frames a second, {:.0f} % of a core for drawing\n", frames / seconds,
               100 * (processor_seconds() - used) / seconds);
  }

  Shown& shown_;
  const WindowOptions& options_;
  std::unique_ptr<SDL_Window, CloseWindow> window_;
  std::unique_ptr<Canvas> canvas_;
  Painter painter_;
  double density_ = 1.0;  // pixels of the canvas for one of the mouse
  bool dirty_ = true, closed_ = false;
  double drawn_s_ = 0, wait_until_s_ = 0;
};

}  // namespace

bool windows_compiled_in() { return true; }

void show(Shown& shown, const WindowOptions& options) {
  const Video video;
  Window(shown, options).run();
}

}  // namespace tengen::tools::view

#else

namespace tengen::tools::view {

bool windows_compiled_in() { return false; }

void show(Shown&, const WindowOptions&) {
  throw Error(
      "this program was built without SDL2 and has no windows; install libsdl2-dev and build "
      "again, or use --export-png FOLDER");
}

}  // namespace tengen::tools::view

#endif
