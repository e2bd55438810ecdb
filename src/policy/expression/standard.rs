//! The standard functions: their names and what they take.

use super::types::Type;

/// A standard function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standard {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    ToBool,
    ToInt,
    ToUint,
    ToDouble,
    ToText,
    ToBytes,
    ToTime,
    ToDuration,
    TypeOf,
    Dyn,
    FullYear,
    Month,
    DayOfYear,
    DayOfMonth,
    Date,
    DayOfWeek,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
    CharAt,
    IndexOf,
    LastIndexOf,
    Join,
    LowerAscii,
    UpperAscii,
    Replace,
    Split,
    Substring,
    Trim,
    OptionalOf,
    OptionalOfNonZero,
    OptionalNone,
    HasValue,
    OptionalValue,
}

/// What a parameter takes, or a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Any,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Time,
    Duration,
    List,
    Texts,
    Map,
    Optional,
    Kind,
}

/// One way to call a function. Of a member, the first parameter is the value before the dot.
#[derive(Debug)]
pub(super) struct Overload {
    pub(super) name: &'static str,
    pub(super) is_member: bool,
    pub(super) takes: &'static [Sort],
    pub(super) gives: Sort,
    pub(super) function: Standard,
}

impl Sort {
    pub(super) fn holds(self) -> Type {
        let any = || Box::new(Type::Any);
        match self {
            Self::Any => Type::Any,
            Self::Bool => Type::Bool,
            Self::Int => Type::Int,
            Self::Uint => Type::Uint,
            Self::Double => Type::Double,
            Self::Text => Type::Text,
            Self::Bytes => Type::Bytes,
            Self::Time => Type::Time,
            Self::Duration => Type::Duration,
            Self::List => Type::List(any()),
            Self::Texts => Type::List(Box::new(Type::Text)),
            Self::Map => Type::Map(any(), any()),
            Self::Optional => Type::Optional(any()),
            Self::Kind => Type::Kind,
        }
    }

    /// Whether a value of this type may be given; null may not.
    pub(super) fn takes(self, of: &Type) -> bool {
        match (self, of) {
            (Self::Any, _) | (_, Type::Any) => true,
            (Self::Bool, Type::Bool)
            | (Self::Int, Type::Int)
            | (Self::Uint, Type::Uint)
            | (Self::Double, Type::Double)
            | (Self::Text, Type::Text)
            | (Self::Bytes, Type::Bytes)
            | (Self::Time, Type::Time)
            | (Self::Duration, Type::Duration)
            | (Self::List, Type::List(_))
            | (Self::Map, Type::Map(..) | Type::Node(_))
            | (Self::Optional, Type::Optional(_))
            | (Self::Kind, Type::Kind) => true,
            (Self::Texts, Type::List(of)) => matches!(**of, Type::Text | Type::Any | Type::Null),
            _ => false,
        }
    }
}

macro_rules! overloads {
    ($($style:ident $name:literal ($($takes:ident),*) $gives:ident $function:ident;)*) => {
        &[$(Overload {
            name: $name,
            is_member: overloads!(@ $style),
            takes: &[$(Sort::$takes),*],
            gives: Sort::$gives,
            function: Standard::$function,
        }),*]
    };
    (@ member) => { true };
    (@ global) => { false };
}

/// Every way to call a standard function.
pub(super) const OVERLOADS: &[Overload] = overloads! {
    global "size" (Text) Int Size;
    global "size" (Bytes) Int Size;
    global "size" (List) Int Size;
    global "size" (Map) Int Size;
    member "size" (Text) Int Size;
    member "size" (Bytes) Int Size;
    member "size" (List) Int Size;
    member "size" (Map) Int Size;
    member "contains" (Text, Text) Bool Contains;
    member "startsWith" (Text, Text) Bool StartsWith;
    member "endsWith" (Text, Text) Bool EndsWith;
    member "matches" (Text, Text) Bool Matches;
    global "matches" (Text, Text) Bool Matches;
    global "bool" (Bool) Bool ToBool;
    global "bool" (Text) Bool ToBool;
    global "int" (Int) Int ToInt;
    global "int" (Uint) Int ToInt;
    global "int" (Double) Int ToInt;
    global "int" (Text) Int ToInt;
    global "int" (Time) Int ToInt;
    global "uint" (Uint) Uint ToUint;
    global "uint" (Int) Uint ToUint;
    global "uint" (Double) Uint ToUint;
    global "uint" (Text) Uint ToUint;
    global "double" (Double) Double ToDouble;
    global "double" (Int) Double ToDouble;
    global "double" (Uint) Double ToDouble;
    global "double" (Text) Double ToDouble;
    global "string" (Text) Text ToText;
    global "string" (Bool) Text ToText;
    global "string" (Int) Text ToText;
    global "string" (Uint) Text ToText;
    global "string" (Double) Text ToText;
    global "string" (Bytes) Text ToText;
    global "string" (Time) Text ToText;
    global "string" (Duration) Text ToText;
    global "bytes" (Bytes) Bytes ToBytes;
    global "bytes" (Text) Bytes ToBytes;
    global "timestamp" (Time) Time ToTime;
    global "timestamp" (Text) Time ToTime;
    global "timestamp" (Int) Time ToTime;
    global "duration" (Duration) Duration ToDuration;
    global "duration" (Text) Duration ToDuration;
    global "type" (Any) Kind TypeOf;
    global "dyn" (Any) Any Dyn;
    member "getFullYear" (Time) Int FullYear;
    member "getFullYear" (Time, Text) Int FullYear;
    member "getMonth" (Time) Int Month;
    member "getMonth" (Time, Text) Int Month;
    member "getDayOfYear" (Time) Int DayOfYear;
    member "getDayOfYear" (Time, Text) Int DayOfYear;
    member "getDayOfMonth" (Time) Int DayOfMonth;
    member "getDayOfMonth" (Time, Text) Int DayOfMonth;
    member "getDate" (Time) Int Date;
    member "getDate" (Time, Text) Int Date;
    member "getDayOfWeek" (Time) Int DayOfWeek;
    member "getDayOfWeek" (Time, Text) Int DayOfWeek;
    member "getHours" (Time) Int Hours;
    member "getHours" (Time, Text) Int Hours;
    member "getHours" (Duration) Int Hours;
    member "getMinutes" (Time) Int Minutes;
    member "getMinutes" (Time, Text) Int Minutes;
    member "getMinutes" (Duration) Int Minutes;
    member "getSeconds" (Time) Int Seconds;
    member "getSeconds" (Time, Text) Int Seconds;
    member "getSeconds" (Duration) Int Seconds;
    member "getMilliseconds" (Time) Int Milliseconds;
    member "getMilliseconds" (Time, Text) Int Milliseconds;
    member "getMilliseconds" (Duration) Int Milliseconds;
    member "charAt" (Text, Int) Text CharAt;
    member "indexOf" (Text, Text) Int IndexOf;
    member "indexOf" (Text, Text, Int) Int IndexOf;
    member "lastIndexOf" (Text, Text) Int LastIndexOf;
    member "lastIndexOf" (Text, Text, Int) Int LastIndexOf;
    member "join" (Texts) Text Join;
    member "join" (Texts, Text) Text Join;
    member "lowerAscii" (Text) Text LowerAscii;
    member "upperAscii" (Text) Text UpperAscii;
    member "replace" (Text, Text, Text) Text Replace;
    member "replace" (Text, Text, Text, Int) Text Replace;
    member "split" (Text, Text) Texts Split;
    member "split" (Text, Text, Int) Texts Split;
    member "substring" (Text, Int) Text Substring;
    member "substring" (Text, Int, Int) Text Substring;
    member "trim" (Text) Text Trim;
    global "optional.of" (Any) Optional OptionalOf;
    global "optional.ofNonZeroValue" (Any) Optional OptionalOfNonZero;
    global "optional.none" () Optional OptionalNone;
    member "hasValue" (Optional) Bool HasValue;
    member "value" (Optional) Any OptionalValue;
};
