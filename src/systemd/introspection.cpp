// SPDX-License-Identifier: Apache-2.0
// What org.freedesktop.DBus.Introspectable tells of an object.
#include "systemd/introspection.h"

namespace vakt::systemd {
namespace {

constexpr const char* kHead =
    "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
    "\"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n"
    "<node>\n"
    " <interface name=\"org.freedesktop.DBus.Introspectable\">\n"
    "  <method name=\"Introspect\"><arg name=\"data\" type=\"s\" direction=\"out\"/></method>\n"
    " </interface>\n"
    " <interface name=\"org.freedesktop.DBus.Properties\">\n"
    "  <method name=\"Get\"><arg name=\"interface\" type=\"s\" direction=\"in\"/>"
    "<arg name=\"property\" type=\"s\" direction=\"in\"/>"
    "<arg name=\"value\" type=\"v\" direction=\"out\"/></method>\n"
    "  <method name=\"GetAll\"><arg name=\"interface\" type=\"s\" direction=\"in\"/>"
    "<arg name=\"properties\" type=\"a{sv}\" direction=\"out\"/></method>\n"
    "  <signal name=\"PropertiesChanged\"><arg name=\"interface\" type=\"s\"/>"
    "<arg name=\"changed\" type=\"a{sv}\"/><arg name=\"invalidated\" type=\"as\"/></signal>\n"
    " </interface>\n";

std::string attribute(const char* name, std::string_view value) {
    return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

}  // namespace

std::string introspection(const ObjectShape& shape) {
    std::string text = kHead;
    text += " <interface" + attribute("name", shape.interface) + ">\n";
    for (const auto& property : shape.properties) {
        text += "  <property" + attribute("name", property.name) +
                attribute("type", property.type) + attribute("access", "read");
        text += property.announced ? "/>\n"
                                   : "><annotation name=\"org.freedesktop.DBus.Property."
                                     "EmitsChangedSignal\" value=\"false\"/></property>\n";
    }
    for (const auto& signal : shape.signals) {
        text += "  <signal" + attribute("name", signal.name) + ">";
        for (const auto& [type, name] : signal.values)
            text += "<arg" + attribute("type", type) + attribute("name", name) + "/>";
        text += "</signal>\n";
    }
    return text + " </interface>\n</node>\n";
}

}  // namespace vakt::systemd
