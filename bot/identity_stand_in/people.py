"""Invented people who can log in. Nobody of these exists; the numbers have the right shape only."""

from __future__ import annotations

import msgspec


class Citizen(msgspec.Struct, frozen=True, kw_only=True):
    pid: str
    name: str
    birth: str  # ISO
    sex: str
    ethnicity: str = "Kinh"
    nationality: str = "Việt Nam"
    address: str

    @property
    def claims(self) -> dict[str, str]:
        """What VNeID says of a person who logs in."""
        return {"citizenPid": self.pid, "fullName": self.name.upper(), "birthDate": self.birth, "accountType": "CITIZEN",
                "accountLevel": "2"}  # fmt: skip

    @property
    def population(self) -> dict[str, str]:
        """What the population data say."""
        return {"soDinhDanh": self.pid, "hoTen": self.name, "ngaySinh": self.birth, "gioiTinh": self.sex,
                "danToc": self.ethnicity, "quocTich": self.nationality, "noiThuongTru": self.address}  # fmt: skip


PEOPLE = {
    person.pid: person
    for person in (
        Citizen(pid="001195000123", name="Nguyễn Thị Mai", birth="1995-01-03", sex="Nữ",
                address="Số 5 ngõ 12 phố Dịch Vọng, phường Cầu Giấy, Hà Nội"),
        Citizen(pid="001092000456", name="Trần Văn Bình", birth="1992-06-05", sex="Nam", ethnicity="Tày",
                address="Số 3 phố Minh Khai, phường Vĩnh Tuy, Hà Nội"),
        Citizen(pid="001160000789", name="Phạm Thị Hương Giang Quỳnh Như", birth="1960-12-31", sex="Nữ", ethnicity="Mường",
                address="Thôn 3, xã Yên Xuân, Hà Nội"),
        Citizen(pid="001204000321", name="Lê Ý", birth="2004-02-29", sex="Nam",
                address="Số 20 phố Bạch Mai, phường Bạch Mai, Hà Nội"),
    )
}  # fmt: skip
