"""Addresses of persons, organisations and their members."""

from jineng.people import urls_access, urls_records, urls_registers, urls_verification

app_name = "people"

urlpatterns = [
    *urls_access.urlpatterns,
    *urls_registers.urlpatterns,
    *urls_records.urlpatterns,
    *urls_verification.urlpatterns,
]
