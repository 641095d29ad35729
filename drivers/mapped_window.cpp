// SPDX-License-Identifier: Apache-2.0
// Registers mapped into memory: a UIO node, a memory node, or a plain file.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "drivers/register_window.h"
#include "sys/error.h"

namespace vakt::drivers {

namespace {

class Mapping {
 public:
    Mapping(void* base, std::size_t size) : base_(base), size_(size) {}
    Mapping(Mapping&& other) noexcept
        : base_(std::exchange(other.base_, MAP_FAILED)), size_(other.size_) {}
    Mapping& operator=(Mapping&&) = delete;
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        if (base_ != MAP_FAILED) ::munmap(base_, size_);
    }
    [[nodiscard]] std::byte* base() const { return static_cast<std::byte*>(base_); }

 private:
    void* base_;
    std::size_t size_;
};

/// One access of exactly T's width: volatile, since the register behind it is not memory.
template <class T>
T load(const std::byte* at) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): a register, not an object
    return *reinterpret_cast<const volatile T*>(at);
}
template <class T>
void store(std::byte* at, T value) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): a register, not an object
    *reinterpret_cast<volatile T*>(at) = value;
}

class MappedWindow final : public RegisterWindow {
 public:
    MappedWindow(std::string name, sys::Fd fd, Mapping mapping, std::byte* registers,
                 std::size_t size, wdt::ByteOrder order)
        : name_(std::move(name)),
          fd_(std::move(fd)),
          mapping_(std::move(mapping)),
          registers_(registers),
          size_(size),
          order_(order) {}

    Result<std::uint32_t> read(Register at) override {
        if (!fits(at, size_)) return outside();
        std::array<std::byte, 4> raw{};
        const auto* from = registers_ + at.offset;
        switch (at.width) {
            case Width::byte:
                raw[0] = load<std::byte>(from);
                break;
            case Width::half:
                take(raw, load<std::uint16_t>(from));
                break;
            case Width::word:
                take(raw, load<std::uint32_t>(from));
                break;
        }
        return get(order_, std::span(raw).first(static_cast<std::size_t>(at.width)));
    }

    Status write(Register at, std::uint32_t value) override {
        if (!fits(at, size_)) return outside();
        std::array<std::byte, 4> raw{};
        put(value, order_, std::span(raw).first(static_cast<std::size_t>(at.width)));
        auto* to = registers_ + at.offset;
        switch (at.width) {
            case Width::byte:
                store(to, raw[0]);
                break;
            case Width::half:
                store(to, give<std::uint16_t>(raw));
                break;
            case Width::word:
                store(to, give<std::uint32_t>(raw));
                break;
        }
        return Done{};
    }

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] int descriptor() const override { return fd_.get(); }

 private:
    template <class T>
    static void take(std::array<std::byte, 4>& raw, T value) {
        std::memcpy(raw.data(), &value, sizeof value);
    }
    template <class T>
    static T give(const std::array<std::byte, 4>& raw) {
        T value{};
        std::memcpy(&value, raw.data(), sizeof value);
        return value;
    }
    [[nodiscard]] Error outside() const {
        return Error{"register of " + name_, std::make_error_code(std::errc::invalid_argument)};
    }

    std::string name_;
    sys::Fd fd_;
    Mapping mapping_;
    std::byte* registers_;
    std::size_t size_;
    wdt::ByteOrder order_;
};

}  // namespace

WindowResult mapped_window(const std::string& path, std::uint64_t offset, std::size_t size,
                           wdt::ByteOrder order, sys::Fd fd) {
    // O_SYNC asks a memory node for an uncached mapping.
    if (!fd) fd = sys::Fd(::open(path.c_str(), O_RDWR | O_SYNC | O_CLOEXEC | O_NOCTTY));
    if (!fd) return sys::last_error("open", path);

    struct stat found {};
    if (::fstat(fd.get(), &found) != 0) return sys::last_error("fstat", path);
    // Past its end a plain file maps and then kills; a device node does not say how long it is.
    if (S_ISREG(found.st_mode) && static_cast<std::uint64_t>(found.st_size) < offset + size)
        return Error{"map " + path + ", which ends before its registers do",
                     std::make_error_code(std::errc::invalid_argument)};

    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const auto within = static_cast<std::size_t>(offset % page);
    const auto length = within + size;
    Mapping mapping(::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(),
                           static_cast<off_t>(offset - within)),
                    length);
    if (mapping.base() == MAP_FAILED) return sys::last_error("mmap", path);
    auto* registers = mapping.base() + within;
    return WindowResult(std::make_unique<MappedWindow>(path, std::move(fd), std::move(mapping),
                                                       registers, size, order));
}

}  // namespace vakt::drivers
