// What a window shows and hands its input to; no SDL here.
#pragma once

#include "tools/view/keys.h"
#include "tools/view/layout.h"

namespace tengen::tools::view {

class Shown {
 public:
  virtual ~Shown() = default;

  virtual void resize(int width, int height, double scale) {
    layout_ = layout_of(width, height, scale);
  }
  virtual void command(Command command) = 0;
  virtual void mouse_moves(Point) {}
  virtual void mouse_drags(Point) {}  // with the button held
  virtual void mouse_clicks(Point) {}
  virtual void wheel(int /*moves*/) {}
  // Takes what came since the last call; true when there is something new to draw.
  virtual bool look() = 0;
  virtual Scene scene() const = 0;
  // Nothing moves of itself: what scripts wait for.
  virtual bool quiet() const { return true; }
  // The search that is shown has so many visits, or there is none to wait for.
  virtual bool judged_by(int /*visits*/) const { return true; }

  const Layout& layout() const { return layout_; }
  bool closed() const { return closed_; }

 protected:
  bool closed_ = false;

 private:
  Layout layout_ = layout_of(1280, 800);
};

}  // namespace tengen::tools::view
