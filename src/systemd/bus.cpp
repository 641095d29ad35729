// SPDX-License-Identifier: Apache-2.0
// D-Bus by sd-bus(3), which never waits as long as nobody calls sd_bus_call, sd_bus_wait or flush.
#include "systemd/bus.h"

#include <poll.h>
#include <systemd/sd-bus.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "systemd/introspection.h"

namespace vakt::systemd {
namespace {

using std::chrono::microseconds;

template <class T, T* (*unref)(T*)>
struct Unref {
    void operator()(T* owned) const { unref(owned); }
};
using BusPtr = std::unique_ptr<sd_bus, Unref<sd_bus, sd_bus_close_unref>>;
using SlotPtr = std::unique_ptr<sd_bus_slot, Unref<sd_bus_slot, sd_bus_slot_unref>>;
using MessagePtr = std::unique_ptr<sd_bus_message, Unref<sd_bus_message, sd_bus_message_unref>>;

Error failed(int code, std::string doing) {
    return {std::move(doing), std::error_code(code < 0 ? -code : code, std::generic_category())};
}

Reply first_of(sd_bus_message* message) {
    Reply reply;
    char type = 0;
    const char* contents = nullptr;
    if (sd_bus_message_peek_type(message, &type, &contents) <= 0) return reply;
    if (type == SD_BUS_TYPE_VARIANT) {
        if (sd_bus_message_enter_container(message, type, contents) <= 0) return reply;
        if (sd_bus_message_peek_type(message, &type, &contents) <= 0) return reply;
    }
    if (type == SD_BUS_TYPE_STRING || type == SD_BUS_TYPE_OBJECT_PATH) {
        const char* text = nullptr;
        if (sd_bus_message_read_basic(message, type, &text) > 0) reply.text = text;
    } else if (type == SD_BUS_TYPE_BOOLEAN) {
        int is = 0;
        if (sd_bus_message_read_basic(message, type, &is) > 0) reply.truth = is != 0;
    }
    return reply;
}

class SdBus final : public Bus {
 public:
    explicit SdBus(BusPtr bus) : bus_(std::move(bus)) {}
    ~SdBus() override = default;

    [[nodiscard]] int descriptor() const override { return sd_bus_get_fd(bus_.get()); }
    [[nodiscard]] short events() const override {
        return static_cast<short>(std::max(sd_bus_get_events(bus_.get()), 0));
    }
    [[nodiscard]] Instant wake_at() const override {
        std::uint64_t until = 0;
        auto due = kNever;
        if (sd_bus_get_timeout(bus_.get(), &until) >= 0 && until <= INT64_MAX / 1000)
            due = Instant(microseconds(static_cast<std::int64_t>(until)));
        for (const auto& call : calls_) due = std::min(due, call->until);
        return due;
    }
    bool process(Instant now) override;
    [[nodiscard]] bool is_in() const override { return sd_bus_is_ready(bus_.get()) > 0; }

    void call(const Method& method, const Fill& arguments, Instant until,
              Answered answered) override;
    Status listen(const Method& signal, std::function<void(const Reply&)> heard) override;
    Status serve(ObjectShape shape, const std::string& name, Asked asked,
                 std::function<void(const Status&)> named) override;
    void answer() override;
    void refuse(const char* error, const char* words) override;
    [[nodiscard]] bool is_asked() const override { return !questions_.empty(); }
    void emit(const char* signal, const Fill& values) override;
    void changed(const std::vector<std::string>& properties) override;

 private:
    struct Call {
        SdBus* bus = nullptr;
        std::string name;
        Instant until;
        Answered answered;
        SlotPtr slot;
    };
    struct Listener {
        std::function<void(const Reply&)> heard;
        SlotPtr slot;
    };

    void end(const Call* call, const Result<Reply>& result);
    int on_message(sd_bus_message* message);
    int answer_one(sd_bus_message* question);
    [[nodiscard]] const Property* property(const char* name) const;
    bool put_all(sd_bus_message* reply, const std::vector<const Property*>& properties) const;

    std::vector<std::unique_ptr<Call>> calls_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    ObjectShape shape_;
    Asked asked_;
    std::function<void(const Status&)> named_;
    std::vector<MessagePtr> questions_;
    SlotPtr object_;
    SlotPtr name_;
    BusPtr bus_;  // last: it goes first, and calls nobody
};

// ---- the connection ----

bool SdBus::process(Instant now) {
    int did = 1;
    while (did > 0) did = sd_bus_process(bus_.get(), nullptr);
    while (did >= 0) {
        const auto late = std::find_if(calls_.begin(), calls_.end(),
                                       [&](const auto& call) { return call->until <= now; });
        if (late == calls_.end()) return true;
        end(late->get(), failed(ETIMEDOUT, (*late)->name));
    }
    while (!calls_.empty()) end(calls_.back().get(), failed(did, calls_.back()->name));
    return false;
}

void SdBus::end(const Call* call, const Result<Reply>& result) {
    const auto at = std::find_if(calls_.begin(), calls_.end(),
                                 [&](const auto& one) { return one.get() == call; });
    if (at == calls_.end()) return;
    const auto ended = std::move(*at);
    calls_.erase(at);  // first: the handler may call again
    ended->answered(result);
}

void SdBus::call(const Method& method, const Fill& arguments, Instant until, Answered answered) {
    auto call = std::make_unique<Call>();
    call->bus = this;
    call->name = std::string(method.interface) + "." + method.member;
    call->until = until;
    call->answered = std::move(answered);
    sd_bus_message* made = nullptr;
    int result = sd_bus_message_new_method_call(bus_.get(), &made, method.destination, method.path,
                                                method.interface, method.member);
    const MessagePtr message(made);
    if (result >= 0) {
        Values values(message.get());
        arguments(values);
        if (!values.good()) result = -EINVAL;
    }
    const auto on_answer = [](sd_bus_message* reply, void* self, sd_bus_error*) {
        auto* const asked = static_cast<Call*>(self);
        const auto* const error = sd_bus_message_get_error(reply);
        if (error == nullptr) {
            asked->bus->end(asked, first_of(reply));
        } else {
            std::string words = asked->name + ": " + error->name;
            if (error->message != nullptr) words.append(": ").append(error->message);
            asked->bus->end(asked, refusal(std::move(words)));
        }
        return 0;
    };
    sd_bus_slot* slot = nullptr;
    // The deadline is ours: sd-bus does not begin its own before the bus has let us in.
    if (result >= 0)
        result =
            sd_bus_call_async(bus_.get(), &slot, message.get(), on_answer, call.get(), UINT64_MAX);
    call->slot.reset(slot);
    calls_.push_back(std::move(call));
    if (result < 0) end(calls_.back().get(), failed(result, calls_.back()->name));
}

Status SdBus::listen(const Method& signal, std::function<void(const Reply&)> heard) {
    auto listener = std::make_unique<Listener>();
    listener->heard = std::move(heard);
    const auto on_signal = [](sd_bus_message* message, void* self, sd_bus_error*) {
        static_cast<Listener*>(self)->heard(first_of(message));
        return 0;
    };
    sd_bus_slot* slot = nullptr;
    const int result = sd_bus_match_signal_async(bus_.get(), &slot, signal.destination, signal.path,
                                                 signal.interface, signal.member, on_signal,
                                                 nullptr, listener.get());
    if (result < 0) return failed(result, std::string("listen for ") + signal.member);
    listener->slot.reset(slot);
    listeners_.push_back(std::move(listener));
    return Done{};
}

// ---- the object ----

Status SdBus::serve(ObjectShape shape, const std::string& name, Asked asked,
                    std::function<void(const Status&)> named) {
    shape_ = std::move(shape);
    asked_ = std::move(asked);
    named_ = std::move(named);
    const auto on_message = [](sd_bus_message* message, void* self, sd_bus_error*) {
        return static_cast<SdBus*>(self)->on_message(message);
    };
    sd_bus_slot* slot = nullptr;
    // Not sd_bus_add_object_vtable: its getters have to know at once, and we have to ask first.
    int result = sd_bus_add_object(bus_.get(), &slot, shape_.path.c_str(), on_message, this);
    object_.reset(slot);
    if (result < 0) return failed(result, "serve " + shape_.path);
    const auto on_name = [](sd_bus_message* reply, void* self, sd_bus_error*) {
        const auto* const error = sd_bus_message_get_error(reply);
        std::uint32_t code = 0;
        constexpr std::uint32_t kPrimaryOwner = 1;  // DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER
        const bool read = error == nullptr && sd_bus_message_read_basic(reply, 'u', &code) > 0;
        const auto& named_now = static_cast<SdBus*>(self)->named_;
        if (read && code == kPrimaryOwner)
            named_now(Done{});
        else
            named_now(refusal(error != nullptr ? error->message : "another one has the name"));
        return 0;
    };
    result = sd_bus_request_name_async(bus_.get(), &slot, name.c_str(), 0, on_name, this);
    if (result < 0) return failed(result, "ask for the name " + name);
    name_.reset(slot);
    return Done{};
}

int SdBus::on_message(sd_bus_message* message) {
    constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
    if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Introspectable",
                                      "Introspect") > 0)
        return sd_bus_reply_method_return(message, "s", introspection(shape_).c_str());
    if (sd_bus_message_is_method_call(message, kProperties, "Set") > 0)
        return sd_bus_reply_method_errorf(message, SD_BUS_ERROR_PROPERTY_READ_ONLY,
                                          "nothing can be set here");
    if (sd_bus_message_is_method_call(message, kProperties, "Get") <= 0 &&
        sd_bus_message_is_method_call(message, kProperties, "GetAll") <= 0)
        return 0;  // sd-bus says that there is no such method
    constexpr std::size_t kMostQuestions = 256;
    if (questions_.size() >= kMostQuestions)
        return sd_bus_reply_method_errorf(message, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                          "too many questions at once");
    questions_.emplace_back(sd_bus_message_ref(message));
    asked_();
    return 1;
}

const Property* SdBus::property(const char* name) const {
    for (const auto& one : shape_.properties)
        if (std::strcmp(one.name, name) == 0) return &one;
    return nullptr;
}

bool SdBus::put_all(sd_bus_message* reply, const std::vector<const Property*>& properties) const {
    Values values(reply);
    values.open('a', "{sv}");
    for (const auto* one : properties) {
        values.open('e', "sv").text(one->name).open('v', one->type);
        one->get(values);
        values.close().close();
    }
    values.close();
    return values.good();
}

int SdBus::answer_one(sd_bus_message* question) {
    const char* interface = "";
    const char* name = "";
    if (sd_bus_message_read_basic(question, 's', &interface) <= 0) return -EINVAL;
    const bool all = std::strcmp(sd_bus_message_get_member(question), "GetAll") == 0;
    if (!all && sd_bus_message_read_basic(question, 's', &name) <= 0) return -EINVAL;
    // An empty interface is any (the specification, "org.freedesktop.DBus.Properties").
    if (*interface != '\0' && shape_.interface != interface)
        return sd_bus_reply_method_errorf(question, SD_BUS_ERROR_UNKNOWN_INTERFACE,
                                          "there is only %s", shape_.interface.c_str());
    sd_bus_message* made = nullptr;
    if (const int result = sd_bus_message_new_method_return(question, &made); result < 0)
        return result;
    const MessagePtr reply(made);
    bool good = false;
    if (all) {
        std::vector<const Property*> every;
        for (const auto& one : shape_.properties) every.push_back(&one);
        good = put_all(reply.get(), every);
    } else if (const auto* const one = property(name); one != nullptr) {
        Values values(reply.get());
        values.open('v', one->type);
        one->get(values);
        good = values.close().good();
    } else {
        return sd_bus_reply_method_errorf(question, SD_BUS_ERROR_UNKNOWN_PROPERTY,
                                          "there is no property '%s'", name);
    }
    return good ? sd_bus_send(bus_.get(), reply.get(), nullptr) : -EINVAL;
}

void SdBus::answer() {
    for (const auto& question : std::exchange(questions_, {}))
        if (answer_one(question.get()) < 0)
            sd_bus_reply_method_errorf(question.get(), SD_BUS_ERROR_INVALID_ARGS,
                                       "that cannot be answered");
}

void SdBus::refuse(const char* error, const char* words) {
    for (const auto& question : std::exchange(questions_, {}))
        sd_bus_reply_method_errorf(question.get(), error, "%s", words);
}

void SdBus::emit(const char* signal, const Fill& values) {
    sd_bus_message* made = nullptr;
    if (sd_bus_message_new_signal(bus_.get(), &made, shape_.path.c_str(), shape_.interface.c_str(),
                                  signal) < 0)
        return;
    const MessagePtr message(made);
    Values into(message.get());
    values(into);
    if (into.good()) sd_bus_send(bus_.get(), message.get(), nullptr);
}

void SdBus::changed(const std::vector<std::string>& properties) {
    std::vector<const Property*> these;
    for (const auto& name : properties)
        if (const auto* const one = property(name.c_str()); one != nullptr && one->announced)
            these.push_back(one);
    if (these.empty()) return;
    sd_bus_message* made = nullptr;
    if (sd_bus_message_new_signal(bus_.get(), &made, shape_.path.c_str(),
                                  "org.freedesktop.DBus.Properties", "PropertiesChanged") < 0)
        return;
    const MessagePtr message(made);
    if (!Values(message.get()).text(shape_.interface).good()) return;
    if (!put_all(message.get(), these)) return;
    if (!Values(message.get()).open('a', "s").close().good()) return;
    sd_bus_send(bus_.get(), message.get(), nullptr);
}

}  // namespace

Result<std::unique_ptr<Bus>> Bus::connect(const std::string& address) {
    sd_bus* made = nullptr;
    int result = sd_bus_new(&made);
    BusPtr bus(made);
    if (result >= 0) result = sd_bus_set_address(bus.get(), address.c_str());
    if (result >= 0) result = sd_bus_set_bus_client(bus.get(), 1);
    if (result >= 0) result = sd_bus_start(bus.get());
    if (result < 0) return failed(result, "connect to the bus at " + address);
    return Result<std::unique_ptr<Bus>>(std::make_unique<SdBus>(std::move(bus)));
}

}  // namespace vakt::systemd
