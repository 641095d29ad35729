// SPDX-License-Identifier: Apache-2.0
// D-Bus, never waited for: calls with deadlines, signals both ways, one object with properties.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "systemd/values.h"

namespace vakt::systemd {

/// What came, as far as we ever want to know: its first value, out of its variant.
struct Reply {
    std::string text;                ///< s or o
    std::optional<bool> truth = {};  ///< b
};

struct Method {
    const char* destination;
    const char* path;
    const char* interface;
    const char* member;
};

struct Property {
    const char* name;
    const char* type;
    bool announced;  ///< changed() announces it; else readers have to ask
    Fill get;
};
struct SignalShape {
    const char* name;
    std::vector<std::pair<const char*, const char*>> values;  ///< type, name
};
/// One object with one interface of our own.
struct ObjectShape {
    std::string path;
    std::string interface;
    std::vector<Property> properties;
    std::vector<SignalShape> signals;
};

/// A connection to a message bus. Nothing here blocks or throws; handlers are called from
/// process() alone. One that is lost is thrown away and made anew by its owner.
class Bus {
 public:
    /// Begins to connect: "unix:path=/run/dbus/system_bus_socket". It need not answer yet.
    [[nodiscard]] static Result<std::unique_ptr<Bus>> connect(const std::string& address);
    virtual ~Bus() = default;
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    // For poll(2): wake up when the descriptor has these events, or at wake_at().
    [[nodiscard]] virtual int descriptor() const = 0;
    [[nodiscard]] virtual short events() const = 0;
    [[nodiscard]] virtual Instant wake_at() const = 0;
    /// Reads, writes and calls handlers until nothing is left to do now. False: the connection is
    /// lost, and every call under way has had its error.
    virtual bool process(Instant now) = 0;
    /// Whether the bus has let us in.
    [[nodiscard]] virtual bool is_in() const = 0;

    using Answered = std::function<void(const Result<Reply>&)>;
    /// Sends it; `answered` is called once: with the answer, its error, or timed_out at `until`,
    /// also when the bus has not let us in by then.
    virtual void call(const Method& method, const Fill& arguments, Instant until,
                      Answered answered) = 0;
    /// Calls `heard` for each such signal. An empty path is any.
    virtual Status listen(const Method& signal, std::function<void(const Reply&)> heard) = 0;

    /// Who asked for properties. Answered later, by answer() with the properties as they then are,
    /// or by refuse(); unanswered ones are forgotten with the bus.
    using Asked = std::function<void()>;
    /// Serves the object, and asks for `name`; `asked` is called when somebody wants properties.
    /// `named` tells whether the name is ours.
    virtual Status serve(ObjectShape shape, const std::string& name, Asked asked,
                         std::function<void(const Status&)> named) = 0;
    /// Answers all who have asked since the last time.
    virtual void answer() = 0;
    virtual void refuse(const char* error, const char* words) = 0;
    [[nodiscard]] virtual bool is_asked() const = 0;

    /// Emits a signal of the object.
    virtual void emit(const char* signal, const Fill& values) = 0;
    /// PropertiesChanged with these of the announced ones.
    virtual void changed(const std::vector<std::string>& properties) = 0;

 protected:
    Bus() = default;
};

}  // namespace vakt::systemd
