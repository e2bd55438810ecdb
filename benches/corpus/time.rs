//! Minutes since 1970 as the texts that records hold.

const DAY: i64 = 24 * 60;

/// The minute at which a day begins.
pub(crate) fn midnight(year: i64, month: i64, day: i64) -> i64 {
    // Days from civil, howardhinnant.github.io/date_algorithms.html
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) * DAY
}

/// The day of a minute, such as `2025-05-06`.
pub(crate) fn day(minute: i64) -> String {
    let days = minute.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A minute as RFC 3339, in UTC.
pub(crate) fn instant(minute: i64) -> String {
    format!("{}Z", local(minute))
}

/// A minute as RFC 3339, as a clock some hours east of Greenwich shows it.
pub(crate) fn instant_east(minute: i64, hours: i64) -> String {
    format!("{}+{hours:02}:00", local(minute + hours * 60))
}

fn local(minute: i64) -> String {
    let of_day = minute.rem_euclid(DAY);
    format!("{}T{:02}:{:02}:00", day(minute), of_day / 60, of_day % 60)
}
